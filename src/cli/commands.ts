// All commands. Each is loaded when it is called, so no command slows down the start of another.

import type { CommandEntry } from './args/command.ts'

export const commands = {
  upload: {
    summary: 'upload files and folders; run again, it continues',
    load: async () => (await import('./commands/upload.ts')).upload,
  },
  status: {
    summary: 'show unfinished uploads',
    load: async () => (await import('./commands/status.ts')).status,
  },
  resume: {
    summary: 'finish unfinished uploads',
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  clean: {
    summary: 'abort and remove unfinished uploads, by age or id',
    load: async () => (await import('./commands/clean.ts')).clean,
  },
  mb: {
    summary: 'make a bucket',
    load: async () => (await import('./commands/mb.ts')).mb,
  },
  ls: {
    summary: 'list objects or buckets',
    load: async () => (await import('./commands/ls.ts')).ls,
  },
  du: {
    summary: 'add up the sizes of objects',
    load: async () => (await import('./commands/du.ts')).du,
  },
  stat: {
    summary: "show an object's metadata",
    load: async () => (await import('./commands/stat.ts')).stat,
  },
  cat: {
    summary: "write an object's bytes to standard output",
    load: async () => (await import('./commands/cat.ts')).cat,
  },
  download: {
    summary: 'download an object to a file',
    load: async () => (await import('./commands/download.ts')).download,
  },
  verify: {
    summary: 'compare a file with an object without downloading it',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  rm: {
    summary: 'delete an object, or all objects below a prefix',
    load: async () => (await import('./commands/rm.ts')).rm,
  },
  sign: {
    summary: 'make a URL for reading or writing one object',
    load: async () => (await import('./commands/sign.ts')).sign,
  },
  serve: {
    summary: 'run a local OSS on this machine',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  doctor: {
    summary: 'find problems and say how to fix them',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  prove: {
    summary: 'check what ossup assumes about OSS against a bucket',
    load: async () => (await import('./commands/prove.ts')).prove,
  },
  completion: {
    summary: 'print the completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
} satisfies Readonly<Record<string, CommandEntry>>

export function findCommand(name: string): CommandEntry | undefined {
  return Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined
}
