import { Refusal } from "../api/client";

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
      return false;
    } finally {
      this.busy = false;
    }
  }
}
