// Shares one listener per signal among all requests that the signal may end, because adding and removing a listener
// for each request costs more than signing it. The last request to leave removes the listener, because Node.js
// keeps a signal of `AbortSignal.any` in memory as long as it has a listener.

import { Roster } from './roster.ts'

interface Watched {
  readonly waiting: Roster<() => void>
  readonly listener: () => void
}

export class AbortWatch {
  readonly #watched = new WeakMap<AbortSignal, Watched>()

  /** Calls `onAbort` once the signal is aborted, unless the returned function was called before. */
  watch(signal: AbortSignal, onAbort: () => void): () => void {
    const { waiting } = this.#watched.get(signal) ?? this.#listen(signal)
    waiting.add(onAbort)
    return () => {
      if (waiting.delete(onAbort) && waiting.size === 0) this.#leave(signal)
    }
  }

  #listen(signal: AbortSignal): Watched {
    const waiting = new Roster<() => void>()
    const listener = () => {
      for (const onAbort of waiting) onAbort()
    }
    const watched = { waiting, listener }
    this.#watched.set(signal, watched)
    signal.addEventListener('abort', listener, { once: true })
    return watched
  }

  #leave(signal: AbortSignal): void {
    const watched = this.#watched.get(signal)
    if (watched === undefined) return
    this.#watched.delete(signal)
    signal.removeEventListener('abort', watched.listener)
  }
}
