import { untrack } from "svelte";

import { Refusal } from "../api/client";

let open = $state(0);

/** How many readings have not been answered yet. */
export const pending = {
  get count() {
    return open;
  },
};

/** Something being read from the server. What was there stays until the new arrives. */
export class Loading<T> {
  value = $state.raw<T>();
  refusal = $state.raw<Refusal>();
  busy = $state(false);

  /**
   * Starts reading; the function returned gives it up. For `$effect(() => loading.start(...))`, which
   * runs again when what was used before the call changes, not what `read` uses.
   */
  start(read: (signal: AbortSignal) => Promise<T>): () => void {
    return untrack(() => this.#start(read));
  }

  #start(read: (signal: AbortSignal) => Promise<T>): () => void {
    const stop = new AbortController();
    this.busy = true;
    open++;
    void read(stop.signal)
      .then(
        (value) => this.#end(stop, () => (this.value = value)),
        (problem: unknown) =>
          this.#end(stop, () => {
            if (!(problem instanceof Refusal)) throw problem;
            this.refusal = problem;
          }),
      )
      .finally(() => open--);
    return () => stop.abort();
  }

  #end(stop: AbortController, then: () => void): void {
    if (stop.signal.aborted) return;
    this.busy = false;
    this.refusal = undefined;
    then();
  }
}
