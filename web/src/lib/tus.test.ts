import { expect, test } from "vitest";

import { base64, begin, Broken, send, type Ways } from "./tus";

/** A server of tus in memory that loses every third request. */
function server(size: number, lose: (request: number) => boolean) {
  const have: Uint8Array[] = [];
  let requests = 0;
  const offset = () => have.reduce((sum, piece) => sum + piece.length, 0);
  const waits: number[] = [];
  const ways: Ways = {
    headers: () => ({ "X-Siku-Csrf": "token" }),
    wait: (milliseconds) => Promise.resolve(waits.push(milliseconds)),
    fetch: async (_, init) => {
      const headers = new Headers(init?.headers);
      expect(headers.get("X-Siku-Csrf")).toBe("token");
      if (lose(requests++)) throw new TypeError("lost");
      if (init?.method === "POST") {
        expect(headers.get("Upload-Length")).toBe(String(size));
        return new Response("{}", { status: 201, headers: { Location: "/here" } });
      }
      if (init?.method === "PATCH") {
        if (Number(headers.get("Upload-Offset")) !== offset())
          return new Response("", { status: 409 });
        have.push(new Uint8Array(await (init.body as Blob).arrayBuffer()));
      }
      return new Response(null, { status: 200, headers: { "Upload-Offset": String(offset()) } });
    },
  };
  return { ways, waits, have, offset };
}

const file = new File([new Uint8Array(9_000_000).map((_, index) => index % 251)], "站点.csv");

test("a file arrives whole, over breaks", async () => {
  const { ways, have, waits } = server(file.size, (request) => request % 3 === 2);
  const address = await begin(ways, file);
  const told: number[] = [];
  await send(ways, address, file, (bytes) => told.push(bytes));
  expect(told.at(-1)).toBe(file.size);
  expect(waits.length).toBeGreaterThan(0);
  const whole = new Uint8Array(await new Blob(have as BlobPart[]).arrayBuffer());
  expect(whole.length).toBe(file.size);
  expect(whole.every((byte, index) => byte === index % 251)).toBe(true);
});

test("a server that is gone for good is said so", async () => {
  const { ways } = server(file.size, () => true);
  await expect(send(ways, "/here", file, () => {})).rejects.toBeInstanceOf(Broken);
});

test("names travel in base64", () => {
  expect(base64("站点.csv")).toBe("56uZ54K5LmNzdg==");
});
