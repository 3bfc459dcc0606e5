// Looks up the objects that files would replace, in the listing or by one request for each key.

import type { Bucket } from '../bucket/bucket.ts'
import { headObject, type ObjectHead } from '../oss/head-object.ts'
import { type ListedObject, listObjects } from '../oss/list-objects.ts'
import { isMissing } from '../oss/refusal.ts'
import type { Requester } from '../schedule/requester.ts'
import type { SharedResources } from '../upload/run/shared-resources.ts'
import { lacksPermission } from './lacks-permission.ts'
import { Listing } from './listing.ts'

/** Maximum number of objects on one page of a listing. */
const pageSize = 1000

/** `unknown`: the credentials may neither list the bucket nor look at the object. */
export type There<T> = T | 'absent' | 'unknown'

export interface ObjectsThereOptions {
  readonly bucket: Bucket
  /** The prefix of all keys. */
  readonly prefix: string
  readonly requester: Requester
  readonly shared: SharedResources
  readonly warn: (code: string, message: string) => void
}

export class ObjectsThere {
  readonly #options: ObjectsThereOptions
  #listing: Listing | undefined
  #mayLook = true

  constructor(options: ObjectsThereOptions, signal: AbortSignal) {
    this.#options = options
    this.#listing = new Listing(startAfter => this.#page(startAfter, signal))
  }

  /** Looks up a key in the listing. Keys must be asked for in their order. */
  async listed(key: string): Promise<There<ListedObject>> {
    try {
      return this.#listing === undefined ? 'unknown' : ((await this.#listing.find(key)) ?? 'absent')
    } catch (error) {
      if (!lacksPermission(error)) throw error
      this.#listing = undefined
      const what =
        'oss:ListObjects is not granted: each object is looked at, with a request of its own'
      this.#options.warn('LIST_REFUSED', what)
      return 'unknown'
    }
  }

  /** Looks at the object by a request. */
  async look(key: string, signal: AbortSignal): Promise<There<ObjectHead>> {
    if (!this.#mayLook) return 'unknown'
    const { bucket, requester, shared } = this.#options
    const free = await shared.singleRequests.acquire(signal)
    try {
      return await requester.run({ operation: 'HeadObject', signal }, call =>
        headObject(bucket.client, { key }, call),
      )
    } catch (error) {
      if (isMissing(error)) return 'absent'
      if (!lacksPermission(error)) throw error
      if (this.#mayLook) {
        const what =
          'oss:GetObject is not granted: stored objects cannot be compared, and are sent again'
        this.#options.warn('LOOK_REFUSED', what)
      }
      this.#mayLook = false
      return 'unknown'
    } finally {
      free()
    }
  }

  #page(startAfter: string | undefined, signal: AbortSignal) {
    const { bucket, prefix, requester } = this.#options
    const request = { prefix, maxKeys: pageSize, ...(startAfter !== undefined && { startAfter }) }
    return requester.run({ operation: 'ListObjects', signal }, call =>
      listObjects(bucket.client, request, call),
    )
  }
}
