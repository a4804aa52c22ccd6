import type { RowPage } from "../api/client";

/** The number, from 1, that a row of the page has in its version. */
export function rowNumber(page: RowPage, index: number): number {
  return (page.numbers?.[index] ?? page.offset + index) + 1;
}
