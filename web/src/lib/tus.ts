/** Sends a file in pieces by tus 1.0 (tus.io); after a break it goes on where the server says. */

const PIECE = 4 * 1024 * 1024;
const TRIES = 5;

export interface Ways {
  fetch: typeof fetch;
  /** Headers that every request of a session carries. */
  headers: () => Record<string, string>;
  wait: (milliseconds: number) => Promise<unknown>;
}

/** Text in base64, for Upload-Metadata. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** What the server answered that is no good; `status` 0: nothing. */
export class Broken extends Error {
  constructor(
    readonly status: number,
    readonly body = "",
  ) {
    super(`${status}`);
  }
}

async function ask(ways: Ways, address: string, init: RequestInit): Promise<Response> {
  const headers = { "Tus-Resumable": "1.0.0", ...ways.headers(), ...init.headers };
  let answer: Response;
  try {
    answer = await ways.fetch(address, { ...init, headers });
  } catch {
    throw new Broken(0);
  }
  if (!answer.ok) throw new Broken(answer.status, await answer.text());
  return answer;
}

/** Begins an upload; gives its address. */
export async function begin(ways: Ways, file: File): Promise<string> {
  const answer = await ask(ways, "/api/v1/uploads", {
    method: "POST",
    headers: {
      "Upload-Length": String(file.size),
      "Upload-Metadata": `filename ${base64(file.name)}`,
    },
  });
  return answer.headers.get("Location") ?? "";
}

/** Sends what is missing of the file; `sent` is told the bytes that are there. */
export async function send(
  ways: Ways,
  address: string,
  file: File,
  sent: (bytes: number) => void,
): Promise<void> {
  let offset = -1;
  for (let failures = 0; offset < file.size;) {
    try {
      if (offset < 0) {
        const answer = await ask(ways, address, { method: "HEAD" });
        offset = Number(answer.headers.get("Upload-Offset"));
      } else {
        const answer = await ask(ways, address, {
          method: "PATCH",
          headers: {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": String(offset),
          },
          body: file.slice(offset, offset + PIECE),
        });
        offset = Number(answer.headers.get("Upload-Offset"));
      }
      failures = 0;
      sent(offset);
    } catch (problem) {
      // A break, a server that begins anew, another piece that came first: ask where it stands.
      const passing = problem instanceof Broken && [0, 409, 502, 503].includes(problem.status);
      if (!passing || ++failures > TRIES) throw problem;
      offset = -1;
      await ways.wait(250 * 2 ** failures);
    }
  }
}
