// The options of a bucket, and what a runtime adds to them.

import { CredentialsError, OptionError } from '../errors.ts'
import type { HashFunctions } from '../hash/sha256.ts'
import type { Address, AddressOptions } from '../oss/endpoint.ts'
import { guardedSigner } from '../oss/guarded-signer.ts'
import type { AnswerProof } from '../oss/proof.ts'
import { credentialsSigner, type Signer } from '../oss/signer.ts'
import type { Credentials, CredentialsProvider, Logger, Ports } from '../ports.ts'

/** Where a bucket is, and who asks. */
export interface BucketOptions extends AddressOptions {
  /**
   * The bucket's name: 3 to 63 of `a-z`, `0-9` and `-`.
   * @throws {OptionError} `INVALID_BUCKET_NAME`
   */
  name: string
  /**
   * Who asks: credentials, or a function that gets them whenever they are needed.
   * @default the runtime's choice; on Node.js the environment
   */
  credentials?: CredentialsProvider | Credentials | undefined
  /**
   * Agrees to pay for requests and traffic, in a bucket whose owner lets requesters pay. It goes with every
   * request, as OSS wants it.
   * @default the owner of the bucket pays
   * @throws {OptionError} `INVALID_REQUEST_PAYER` for anything but `'requester'`
   */
  requestPayer?: 'requester' | undefined
  /**
   * Signs elsewhere, where the secret is. Instead of `credentials`.
   * @throws {OptionError} `CONFLICTING_OPTIONS` beside `credentials`; `INVALID_SIGNER` without a method `sign`
   */
  signer?: Signer | undefined
  /**
   * Gets a line for each request and each event of an upload: `console`, or any object with the methods
   * `debug`, `info`, `warn` and `error`. Lines hold no secrets. docs/guide/observing.md lists the levels.
   * @default none
   * @throws {OptionError} `INVALID_LOGGER` if a method is missing
   */
  logger?: Logger | undefined
  /**
   * Maximum number of times a plain operation sends its request: again after faults that pass. Uploads
   * and downloads have an option of their own. Range: 1 to 100.
   * @default 3
   */
  attempts?: number | undefined
}

/** Where the requests of a bucket go. */
export type BucketAddress = Pick<
  Address,
  'region' | 'style' | 'kind' | 'endpoint' | 'origin' | 'serviceOrigin'
>

/** What a runtime gives its buckets. */
export interface BucketPorts extends Ports {
  readonly hash?: HashFunctions
  /** What shows that OSS gave an answer. A page, where CORS may hide headers, can ask for less. @default 'request-id' */
  readonly answerProof?: AnswerProof
}

/** What signs the requests of a bucket. */
export function signerFor(
  { credentials, signer }: Pick<BucketOptions, 'credentials' | 'signer'>,
  { region, product }: Address,
  hash: HashFunctions | undefined,
): Signer {
  if (signer !== undefined && credentials !== undefined) {
    throw new OptionError('CONFLICTING_OPTIONS', 'credentials and signer contradict each other', {
      options: ['credentials', 'signer'],
      hint: 'Leave out one of them',
    })
  }
  if (signer !== undefined) {
    return guardedSigner(signer)
  }
  if (credentials === undefined) {
    throw new CredentialsError('MISSING_CREDENTIALS', 'Neither credentials nor a signer is given', {
      hint: 'Set credentials',
    })
  }
  return credentialsSigner({ credentials, region, product, ...(hash && { hash }) })
}
