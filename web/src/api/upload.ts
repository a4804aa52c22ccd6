/** Files on their way to the server, for whoever is signed in. */
import { begin, Broken, send, type Ways } from "../lib/tus";
import { language } from "../state/language.svelte";
import { api, data, Refusal, token } from "./client";

export const ways: Ways = {
  fetch: (...all) => fetch(...all),
  headers: () => ({ "X-Siku-Csrf": token.csrf, "Accept-Language": language.now }),
  wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};

function refusalOf(problem: unknown): Refusal {
  if (!(problem instanceof Broken)) throw problem;
  let said: { message?: string; value?: string; hint?: string } = {};
  try {
    said = (JSON.parse(problem.body) as { error: typeof said }).error;
  } catch {
    // Not in the API's words.
  }
  return new Refusal(problem.status, said.message ?? "", said.value, "", said.hint);
}

/** Sends what is missing of the file; gives the upload's id. The same file again goes on. */
export async function sendFile(file: File, sent: (bytes: number) => void): Promise<string> {
  const { uploads } = await data(api.GET("/api/v1/uploads"));
  const known = uploads.find(
    (one) => one.name === file.name && one.length === file.size && one.state !== "imported",
  );
  try {
    const address = known ? `/api/v1/uploads/${known.id}` : await begin(ways, file);
    await send(ways, address, file, sent);
    return address.split("/").at(-1)!;
  } catch (problem) {
    throw refusalOf(problem);
  }
}
