import type { DatasetFields, DatasetPage } from "../api/client";

/** The elements of a dataset as a form holds them: all text. */
export interface Draft {
  name: string;
  title: string;
  summary: string;
  code: string;
  organisation: string;
  class: string;
  conditions: string;
  themes: string;
  keywords: string;
  update_cycle: string;
  licence: string;
  spatial: string;
  start: string;
  end: string;
  contact: string;
  email: string;
  phone: string;
}

export const EMPTY_DRAFT: Readonly<Draft> = {
  name: "",
  title: "",
  summary: "",
  code: "",
  organisation: "",
  class: "",
  conditions: "",
  themes: "",
  keywords: "",
  update_cycle: "",
  licence: "",
  spatial: "",
  start: "",
  end: "",
  contact: "",
  email: "",
  phone: "",
};

const COMMAS = /[,，、;；]/;

/**
 * "交通，公交、 地铁" as its three entries; commas of both scripts part them. Of several lines each is an
 * entry, which may then hold commas.
 */
export function entries(text: string): string[] {
  const all = text.split(text.includes("\n") ? "\n" : COMMAS).map((one) => one.trim());
  return [...new Set(all.filter(Boolean))];
}

/** What `entries` reads as these. */
function joined(all: readonly string[]): string {
  return all.some((one) => COMMAS.test(one)) ? all.join("\n") + "\n" : all.join(", ");
}

export function draftOf(dataset: DatasetPage): Draft {
  const [contact] = dataset.contacts;
  return {
    name: dataset.name,
    title: dataset.title,
    summary: dataset.summary,
    code: dataset.code,
    organisation: dataset.organisation.name,
    class: dataset.class,
    conditions: dataset.conditions,
    themes: joined(dataset.themes),
    keywords: joined(dataset.keywords),
    update_cycle: dataset.update_cycle,
    licence: dataset.licence,
    spatial: dataset.spatial,
    start: dataset.temporal.start ?? "",
    end: dataset.temporal.end ?? "",
    contact: contact?.name ?? "",
    email: contact?.email ?? "",
    phone: contact?.phone ?? "",
  };
}

/** What is sent. Contacts that the form does not show, the second and later, are kept. */
export function elementsOf(draft: Draft, before?: DatasetPage) {
  const { start, end, contact, email, phone } = draft;
  const first = contact || email || phone ? [{ name: contact, email, phone }] : [];
  return {
    name: draft.name.trim(),
    title: draft.title.trim(),
    summary: draft.summary.trim(),
    code: draft.code.trim(),
    organisation: draft.organisation,
    class: draft.class as DatasetFields["class"],
    // Its field is hidden for data that is open to all.
    conditions: draft.class === "unconditional" ? "" : draft.conditions.trim(),
    themes: entries(draft.themes),
    keywords: entries(draft.keywords),
    update_cycle: draft.update_cycle,
    licence: draft.licence.trim(),
    spatial: draft.spatial.trim(),
    // Empty ones too: what was there is taken out.
    temporal: { start: start.trim(), end: end.trim() },
    contacts: [...first, ...(before?.contacts.slice(1) ?? [])],
  } satisfies DatasetFields;
}
