// The options of a bucket, and the parts that a runtime adds to them.

import { CredentialsError, OptionError } from '../errors.ts'
import type { HashFunctions } from '../hash/sha256.ts'
import type { Address, AddressOptions } from '../oss/endpoint.ts'
import { guardedSigner } from '../oss/guarded-signer.ts'
import type { AnswerProof } from '../oss/proof.ts'
import { credentialsSigner, type Signer } from '../oss/signer.ts'
import type { Credentials, CredentialsProvider, Logger, Ports } from '../ports.ts'

/** The address of a bucket, and the credentials for it. */
export interface BucketOptions extends AddressOptions {
  /**
   * The bucket's name: 3 to 63 of `a-z`, `0-9` and `-`.
   * @throws {OptionError} `INVALID_BUCKET_NAME`
   */
  name: string
  /**
   * The credentials, or a function that gets them each time they are needed.
   * @default the runtime's choice; on Node.js the environment
   */
  credentials?: CredentialsProvider | Credentials | undefined
  /**
   * Agrees to pay for requests and traffic, in a bucket whose owner lets requesters pay. ossup sends this with every
   * request, because OSS requires it.
   * @default the owner of the bucket pays
   * @throws {OptionError} `INVALID_REQUEST_PAYER` for anything but `'requester'`
   */
  requestPayer?: 'requester' | undefined
  /**
   * Signs requests in another place, which holds the secret. Use it instead of `credentials`.
   * @throws {OptionError} `CONFLICTING_OPTIONS` with `credentials`; `INVALID_SIGNER` without a method `sign`
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
   * Maximum number of times a plain operation sends its request. It repeats the request after temporary faults.
   * Uploads and downloads have their own option. Range: 1 to 100.
   * @default 3
   */
  attempts?: number | undefined
}

/** The address that the requests of a bucket go to. */
export type BucketAddress = Pick<
  Address,
  'region' | 'style' | 'kind' | 'endpoint' | 'origin' | 'serviceOrigin'
>

/** The ports that a runtime gives its buckets. */
export interface BucketPorts extends Ports {
  readonly hash?: HashFunctions
  /**
   * The proof that an answer comes from OSS. In a web page, CORS may hide headers, so a page can ask for less proof.
   * @default 'request-id'
   */
  readonly answerProof?: AnswerProof
}

/** Returns the signer of a bucket's requests. */
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
