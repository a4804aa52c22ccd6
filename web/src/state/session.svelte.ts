/** Who is signed in. */

import { api, data, token, type Account, type Me, type Role } from "../api/client";

/** Who may publish and change datasets. */
export const PUBLISHES: Role[] = ["publisher", "administrator"];
/** Who sees and sets who reads what. */
export const SETS_ACCESS: Role[] = [...PUBLISHES, "reviewer"];
export const READS_AUDIT: Role[] = ["auditor", "administrator"];
export const ADMINISTERS: Role[] = ["administrator"];
/** Who may run recipes. */
export const RUNS: Role[] = ["operator", "publisher", "administrator"];
export const READS_RUNS: Role[] = ["operator", "auditor", "publisher", "reviewer", "administrator"];

let account = $state.raw<Account | null>(null);
let title = $state("");
let version = $state("");
let ready = $state(false);

function take(me: Me): void {
  ({ account, title, version } = me);
  token.csrf = me.csrf;
}

export const session = {
  get account() {
    return account;
  },
  get title() {
    return title;
  },
  get version() {
    return version;
  },
  /** Whether the server has said who is signed in. */
  get ready() {
    return ready;
  },
  /** Whether the account has one of these roles; the server decides, this only shows or hides. */
  may(...roles: Role[]): boolean {
    return account?.roles.some((role) => roles.includes(role as Role)) ?? false;
  },
  async refresh(): Promise<void> {
    try {
      take(await data(api.GET("/api/v1/me")));
    } finally {
      ready = true;
    }
  },
  async signIn(name: string, password: string): Promise<void> {
    take(await data(api.POST("/api/v1/session", { body: { name, password } })));
  },
  async signOut(): Promise<void> {
    await data(api.DELETE("/api/v1/session"));
    await session.refresh();
  },
};
