import type { DatasetPage, Version } from "../api/client";

/** The version of this ordinal; for 0 the newest that has not been withdrawn. */
export function versionOf(dataset: DatasetPage, ordinal: number): Version | undefined {
  if (ordinal) return dataset.versions.find((one) => one.ordinal === ordinal);
  return newestFirst(dataset.versions).find((one) => one.state === "published");
}

export function newestFirst(versions: readonly Version[]): Version[] {
  return [...versions].sort((a, b) => b.ordinal - a.ordinal);
}
