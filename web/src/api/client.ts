/** The API of the server, with types made from api/openapi.json. */

import createClient, { type Middleware } from "openapi-fetch";

import { language } from "../state/language.svelte";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Account = NonNullable<Me["account"]>;
export type AccessPolicy = Schemas["AccessPolicy"];
export type AccessRule = Schemas["AccessRule"];
export type AuditPage = Schemas["Audit"];
export type Column = Schemas["Column"];
export type Differences = Schemas["Differences"];
export type Lineage = Schemas["Lineage"];
export type RowChange = Schemas["RowChange"];
export type Hit = Schemas["Dataset"];
export type Hits = Schemas["Listing"];
export type OpenClass = Hit["class"];
export type DatasetPage = Schemas["DatasetWithVersions"];
export type DatasetFields = Schemas["DatasetFields"];
export type Organisation = Schemas["Organisation"];
export type RowPage = Schemas["Rows"];
export type RowHits = Schemas["RowHits"];
export type RowHit = Schemas["RowHit"];
export type Repair = Schemas["Repair"];
export type Repairs = Schemas["Repairs"];
export type SqlAnswer = Schemas["SqlAnswer"];
export type Statistics = Schemas["Statistics"];
export type ColumnStatistics = Schemas["ColumnStatistics"];
export type Quality = Schemas["Quality"];
export type QualityMetric = Schemas["QualityMetric"];
export type MetadataScore = Schemas["MetadataScore"];
export type Histogram = Schemas["Histogram"];
export type Run = Schemas["Run"];
export type RunPage = Schemas["RunPage"];
export type RunSettings = Schemas["RunSettings"];
export type OperatorSummary = Schemas["OperatorSummary"];
export type AccountLine = Schemas["Accounts"]["accounts"][number];
export type KeyLine = Schemas["Keys"]["keys"][number];
export type Problem = Schemas["Problem"];
export type Suggestion = Schemas["Suggestions"]["suggestions"][number];
export type Upload = Schemas["Upload"];
export type ImportNote = Schemas["ImportNote"];
export type Version = Schemas["Version"];

export const ROLES = [
  "administrator",
  "publisher",
  "reviewer",
  "operator",
  "auditor",
  "reader",
] as const;
export type Role = (typeof ROLES)[number];

/** What the server refused, in its words; `status` 0: it could not be reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly value = "",
    readonly place = "",
    readonly hint = "",
  ) {
    super(message);
  }

  /** Whether it is this field of what was sent, or a part of it: `contacts[0].email`. */
  isAbout(field: string): boolean {
    const { place } = this;
    return place === field || place.startsWith(`${field}[`) || place.startsWith(`${field}.`);
  }
}

/** What the server wants to see again with every write of a session. */
export const token = { csrf: "" };

const headers: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language.now);
    if (request.method !== "GET" && token.csrf) {
      request.headers.set("X-Siku-Csrf", token.csrf);
    }
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(headers);

interface Answer<T> {
  data?: T;
  error?: Schemas["Error"];
  response: Response;
}

/** The data of an answer, or throws Refusal. */
export async function data<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (problem) {
    if (problem instanceof DOMException && problem.name === "AbortError") throw problem;
    throw new Refusal(0, "");
  }
  if (answer.response.ok) return answer.data as T;
  const said = answer.error?.error;
  throw new Refusal(
    answer.response.status,
    said?.message ?? "",
    said?.value,
    said?.place,
    said?.hint,
  );
}

/** Address of the file of a version. */
export function fileAddress(name: string, ordinal: number, file: string): string {
  return `/api/v1/datasets/${encodeURIComponent(name)}/versions/${ordinal}/files/${encodeURIComponent(file)}`;
}

export function downloadAddress(name: string, ordinal: number, format: string): string {
  return `/api/v1/datasets/${encodeURIComponent(name)}/versions/${ordinal}/download?format=${format}`;
}
