// Bundles program.js with the bundler of that name, as a program for Node.js.

import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import webpack from 'webpack'

const bundlers = {
  esbuild: () =>
    esbuild({
      entryPoints: ['program.js'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: 'out-esbuild/out.mjs',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
      logLevel: 'error',
    }),
  'esbuild-cjs': () =>
    esbuild({
      entryPoints: ['program.js'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: 'out-esbuild-cjs/out.cjs',
      logLevel: 'error',
    }),
  vite: () =>
    vite({
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: 'program.js',
        outDir: 'out-vite',
        rollupOptions: { output: { entryFileNames: 'out.mjs' } },
      },
    }),
  webpack: () =>
    new Promise((resolve, reject) => {
      const settings = {
        mode: 'production',
        target: 'node20',
        context: import.meta.dirname,
        entry: './program.js',
        output: { path: join(import.meta.dirname, 'out-webpack'), filename: 'out.cjs' },
      }
      webpack(settings, (error, stats) => {
        if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')))
        else resolve()
      })
    }),
}

await bundlers[process.argv[2]]()
