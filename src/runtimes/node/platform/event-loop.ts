// Whether the event loop belongs to ossup alone. The library shares it with the program of its caller and never stops
// it. The command has it for itself, so there a short read of a local file costs less than a job of the thread pool.

let isOurs = false

/** Called by the command, and by nothing else. */
export function ownEventLoop(): void {
  isOurs = true
}

export function hasOwnEventLoop(): boolean {
  return isOurs
}
