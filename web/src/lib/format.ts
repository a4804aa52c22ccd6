/** Numbers, sizes and times as people write them. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes in binary units with at most three digits: "1.21 MiB"; a dash for what is not told. */
export function bytes(count: number | null): string {
  if (count === null) return "–";
  let unit = 0;
  let amount = count;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}

/** 1234567 as "1,234,567", alike in both languages; a dash for what is not told. */
export function number(count: number | null): string {
  return String(count ?? "–").replace(/\B(?=(\d{3})+$)/g, ",");
}

/** The day of a time (RFC 3339) in the reader's time zone: "2026-11-30". */
export function day(time: string): string {
  return moment(time).slice(0, 10);
}

/** The time in the reader's time zone: "2026-11-30 18:05:09". */
export function moment(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const two = (value: number) => String(value).padStart(2, "0");
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}

/** What a cell shows. Text stays as it is; what is nested is shown as JSON. */
export function cell(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** An object as "key: value; key: a, b"; what is empty is left out. */
export function members(value: unknown): string {
  if (typeof value !== "object" || value === null) return cell(value);
  return Object.entries(value)
    .map(([key, one]) => [key, Array.isArray(one) ? one.map(cell).join(", ") : cell(one)])
    .filter(([, text]) => text !== "")
    .map(([key, text]) => `${key}: ${text}`)
    .join("; ");
}

/** The beginning of a text, no more than `most` UTF-16 units and never half a character. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  const halved = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, halved ? most - 1 : most) + "…";
}

/** Whether values of a column's type are numbers, to be set to the right. */
export function isNumeric(type: string): boolean {
  return type === "integer" || type === "number";
}
