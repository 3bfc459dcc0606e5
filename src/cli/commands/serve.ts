import { resolve } from 'node:path'
import { codeOf, isError } from '../../foreign/error.ts'
import { serve as startServer } from '../../server/index.ts'
import { command } from '../args/command.ts'
import { count, path, text, texts, toggle } from '../args/flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { outputFlags } from '../connect/connection.ts'
import { printableLine } from '../output/printable.ts'

export const serve = command({
  usage: ['serve', 'serve --port 9000 --data <dir>', 'serve --cors http://localhost:5173'],
  examples: [
    ['ossup serve', 'at http://127.0.0.1:9000'],
    ['ossup serve --port 0 --data /tmp/oss --create-buckets', 'any free port, buckets as needed'],
  ],
  details: [
    "OSS's rules on your own disk, for development, tests and CI. It takes the key pair of OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET if they are set; otherwise it makes one for the folder. Ctrl-C stops it and keeps the data.",
  ],
  positionals: { min: 0, max: 0 },
  flags: {
    port: count('<n>', '0 picks a free one; default: 9000', { min: 0, max: 65_535 }),
    host: text('<address>', 'where to listen; default: 127.0.0.1, this machine only'),
    data: path('<dir>', 'where objects are kept; default: ./.ossup/data'),
    region: text('<id>', 'the region it plays; default: OSS_REGION, else cn-hangzhou'),
    'create-buckets': toggle('make a bucket when it is first used'),
    cors: texts('<origin>', 'a web page that may use every bucket; * is any text'),
    control: toggle('answer the control API under /_ossup/: faults, counters, keys'),
    ...outputFlags,
  },
  async run({ flags }, { env, screen, signal }) {
    const port = flags.port ?? 9000
    const data = resolve(flags.data ?? '.ossup/data')
    const region = flags.region ?? (env.OSS_REGION || 'cn-hangzhou')
    const given =
      env.OSS_ACCESS_KEY_ID && env.OSS_ACCESS_KEY_SECRET
        ? { accessKeyId: env.OSS_ACCESS_KEY_ID, accessKeySecret: env.OSS_ACCESS_KEY_SECRET }
        : undefined
    const server = await startServer({
      port,
      host: flags.host ?? '127.0.0.1',
      data,
      region,
      createBuckets: flags['create-buckets'],
      control: flags.control,
      cors: flags.cors,
      onError: error => screen.warn(printableLine(String(error))),
      ...(given && { keys: [given] }),
    }).catch(error => {
      throw cannotStart(error, port)
    })
    const { endpoint, key } = server
    // Generated keys are printed because the user needs them. Keys that the user gave are not repeated.
    const shownKey = given === undefined ? key : { accessKeyId: key.accessKeyId }
    screen.result(
      'serving',
      { endpoint, port: server.port, data, region, ...shownKey },
      [
        `Local OSS at ${endpoint}, its data in ${printableLine(data)}`,
        '',
        `  export OSS_ENDPOINT=${endpoint} OSS_REGION=${region}`,
        given === undefined
          ? `  export OSS_ACCESS_KEY_ID=${key.accessKeyId} OSS_ACCESS_KEY_SECRET=${key.accessKeySecret}`
          : '  (and the OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET that are set here)',
        '',
        '  ossup mb oss://examplebucket',
        '  ossup upload FILE oss://examplebucket/',
        '',
        'Ctrl-C stops it.',
      ].join('\n'),
    )
    await aborted(signal)
    await server.close()
    screen.outcome({ endpoint, data })
  },
})

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(done => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
}

function cannotStart(error: unknown, port: number): unknown {
  if (!isError(error)) return error
  const code = codeOf(error)
  if (code === 'EADDRINUSE') {
    return new UsageError(
      `port ${port} is taken`,
      'Choose another with --port; 0 picks a free one.',
    )
  }
  return new UsageError(
    `the local OSS cannot start: ${error.message}`,
    'Check --data, --host and --port.',
  )
}
