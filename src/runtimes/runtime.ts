// What a runtime supplies for the functions that all runtimes share (api.ts): how it opens its own kinds
// of source, and where it keeps checkpoints.

import type { UploadOptions } from '../options/upload-options.ts'
import type { JournalStore, Source, StreamSource } from '../ports.ts'
import type { EarlierUpload } from '../upload/run/run.ts'
import type { RulesOf } from '../validation/check-options.ts'

/** A source that is open, and what to do when its upload has ended. */
export interface Opened<Kind = Source | StreamSource> {
  readonly source: Kind
  /** @param continues true if a later call continues the upload from what `open` prepared */
  end?(continues: boolean): Promise<void>
}

/** Where one upload goes. */
export interface Destination {
  /** The bucket's name, and its `place`. */
  readonly bucket: string
  readonly place: string
  readonly key: string
}

/**
 * One runtime.
 * @typeParam Given what a caller may hand over as a source
 * @typeParam Own the runtime's own upload options
 * @typeParam Place those of them that say where checkpoints are
 */
export interface Runtime<Given, Own extends Place, Place extends object> {
  /** What each of its own options may be, and the names of those that say where checkpoints are. */
  readonly ownRules: RulesOf<Own>
  readonly placeOptions: readonly (keyof Place & string)[]
  /**
   * Takes a source over for the time of `use`, before anything else is done. A stream is closed if `use` fails,
   * however early, and an early failure of the stream does not end the process.
   * @param use opens the source when it needs it, by the function that it is given
   */
  withSource<Result>(
    source: Given,
    use: (openSource: () => Promise<Source | StreamSource>) => Promise<Result>,
  ): Promise<Result>
  /**
   * Opens what was handed over.
   * @throws {OptionError | SourceError}
   */
  open(
    openSource: () => Promise<Source | StreamSource>,
    to: Destination,
    options: Own & UploadOptions,
  ): Promise<Opened>
  /** The id of a source. A file may be gone: its id is found without looking at it. */
  idOf(source: Given): Promise<string>
  /**
   * Opens a source again by its id.
   * @returns `undefined` if such a source cannot be opened by its id: it has to be handed over again
   */
  reopen(sourceId: string, place: Place): Promise<Opened<Source> | undefined>
  /** Removes what the runtime keeps of a source whose upload was given up. */
  forget(sourceId: string): Promise<void>
  /**
   * Where checkpoints are kept.
   * @param use `upload` may need no checkpoint: a place that cannot be used fails when one is written
   * @throws {OptionError | JournalError}
   */
  storeFor(place: Place, use: 'upload' | 'find'): JournalStore
  /** What another program left of the upload of this source. */
  findEarlier?(to: Destination, sourceId: string, own: Own): Promise<EarlierUpload | undefined>
}
