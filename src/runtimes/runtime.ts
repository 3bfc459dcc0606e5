// What a runtime provides for the functions that all runtimes share (api.ts): how to open its own kinds of source,
// and where to keep checkpoints.

import type { UploadOptions } from '../options/upload-options.ts'
import type { JournalStore, Source, StreamSource } from '../ports.ts'
import type { EarlierUpload } from '../upload/run/run.ts'
import type { RulesOf } from '../validation/check-options.ts'

/** An open source, and a function to call when its upload has ended. */
export interface Opened<Kind = Source | StreamSource> {
  readonly source: Kind
  /** @param continues true if a later call continues the upload from what `open` prepared */
  end?(continues: boolean): Promise<void>
}

/** The destination of one upload. */
export interface Destination {
  /** The bucket's name, and its `place`. */
  readonly bucket: string
  readonly place: string
  readonly key: string
}

/**
 * One runtime.
 * @typeParam Given what a caller can pass as a source
 * @typeParam Own the runtime's own upload options
 * @typeParam Place those of them that say where checkpoints are
 */
export interface Runtime<Given, Own extends Place, Place extends object> {
  /** The rules for the runtime's own options, and the names of the options that say where checkpoints are. */
  readonly ownRules: RulesOf<Own>
  readonly placeOptions: readonly (keyof Place & string)[]
  /**
   * Holds a source for the time of `use`, from the start. If `use` fails, at any point, its stream is closed.
   * An early error of the stream does not end the process.
   * @param use opens the source when it needs it, with the function that it gets
   */
  withSource<Result>(
    source: Given,
    use: (openSource: () => Promise<Source | StreamSource>) => Promise<Result>,
  ): Promise<Result>
  /**
   * Opens a source.
   * @throws {OptionError | SourceError}
   */
  open(
    openSource: () => Promise<Source | StreamSource>,
    to: Destination,
    options: Own & UploadOptions,
  ): Promise<Opened>
  /** The id of a source. It is found without reading the source, so a file may have been removed. */
  idOf(source: Given): Promise<string>
  /**
   * Opens a source again by its id.
   * @returns `undefined` if such a source cannot be opened by its id and the caller must pass it again
   */
  reopen(sourceId: string, place: Place): Promise<Opened<Source> | undefined>
  /** Removes what the runtime keeps for a source whose upload was discarded. */
  forget(sourceId: string): Promise<void>
  /**
   * Returns the store for checkpoints.
   * @param use an `upload` may need no checkpoint, so a place that cannot be used fails only when a
   * checkpoint is written
   * @throws {OptionError | JournalError}
   */
  storeFor(place: Place, use: 'upload' | 'find'): JournalStore
  /** Finds an upload of this source that another program left unfinished. */
  findEarlier?(to: Destination, sourceId: string, own: Own): Promise<EarlierUpload | undefined>
}
