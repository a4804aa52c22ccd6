import { Refusal } from "../api/client";

/** Something being read from the server. What was there stays until the new arrives. */
export class Loading<T> {
  value = $state.raw<T>();
  refusal = $state.raw<Refusal>();
  busy = $state(false);

  /** Starts reading; the function returned gives it up. For `$effect(() => loading.start(...))`. */
  start(read: (signal: AbortSignal) => Promise<T>): () => void {
    const stop = new AbortController();
    this.busy = true;
    read(stop.signal).then(
      (value) => this.#end(stop, () => (this.value = value)),
      (problem: unknown) =>
        this.#end(stop, () => {
          if (!(problem instanceof Refusal)) throw problem;
          this.refusal = problem;
        }),
    );
    return () => stop.abort();
  }

  #end(stop: AbortController, then: () => void): void {
    if (stop.signal.aborted) return;
    this.busy = false;
    this.refusal = undefined;
    then();
  }
}
