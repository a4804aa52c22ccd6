import { Refusal } from "../api/client";
import { session } from "./session.svelte";

/** A form being sent: one at a time, and what the server refused. */
export class Sending {
  busy = $state(false);
  refusal = $state.raw<Refusal>();

  /** Whether it was taken. */
  async send(write: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = undefined;
    try {
      await write();
      return true;
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.refusal = problem;
      // The session may have ended meanwhile: the page then offers to sign in.
      if (problem.status === 401 || problem.status === 403) void session.refresh();
      return false;
    } finally {
      this.busy = false;
    }
  }
}
