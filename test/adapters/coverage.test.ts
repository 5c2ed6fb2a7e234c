import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { type Coverage, coverageOf } from '../../src/adapters/coverage.ts'
import { readElf } from '../../src/adapters/elf.ts'
import { inTemp } from '../cli/run.ts'

const PT_INTERP = 3
const PT_NOTE = 4

/** A 64-bit little-endian ELF file with these segments and nothing to run. */
function elf(
  segments: readonly (readonly [type: number, bytes: Uint8Array])[],
  machine = 62,
): Uint8Array {
  const table = 64
  const data = table + 56 * segments.length
  const size = segments.reduce((sum, [, bytes]) => sum + bytes.length, data)
  const file = new Uint8Array(size)
  const view = new DataView(file.buffer)
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  view.setUint16(18, machine, true)
  view.setBigUint64(32, BigInt(table), true)
  view.setUint16(54, 56, true)
  view.setUint16(56, segments.length, true)
  let at = data
  for (const [index, [type, bytes]] of segments.entries()) {
    const head = table + 56 * index
    view.setUint32(head, type, true)
    view.setBigUint64(head + 8, BigInt(at), true)
    view.setBigUint64(head + 32, BigInt(bytes.length), true)
    file.set(bytes, at)
    at += bytes.length
  }
  return file
}

const loader = (path: string) => [PT_INTERP, new TextEncoder().encode(`${path}\0`)] as const

function note(name: string): readonly [number, Uint8Array] {
  const bytes = new Uint8Array(20)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 4, true)
  view.setUint32(4, 4, true)
  view.setUint32(8, 4, true)
  bytes.set(new TextEncoder().encode(name.padEnd(4, '\0')), 12)
  return [PT_NOTE, bytes]
}

const GLIBC = '/lib64/ld-linux-x86-64.so.2'

const FILES: Readonly<
  Record<string, readonly [bytes: Uint8Array | string, reason: Coverage['reason']]>
> = {
  dynamic: [elf([loader(GLIBC)]), 'covered'],
  static: [elf([]), 'static'],
  'static with another note': [elf([note('GNU')]), 'static'],
  'static go': [elf([note('Go')]), 'go'],
  'dynamic go': [elf([loader(GLIBC), note('Go')]), 'go'],
  musl: [elf([loader('/lib/ld-musl-x86_64.so.1')]), 'other_libc'],
  arm: [elf([loader('/lib/ld-linux-aarch64.so.1')], 183), 'other_machine'],
  'cut off': [elf([loader(GLIBC)]).subarray(0, 70), 'no_program'],
  'loader without an end': [elf([[PT_INTERP, new TextEncoder().encode(GLIBC)]]), 'no_program'],
  bytes: [new Uint8Array(600), 'no_program'],
  script: ['#!/dynamic -e\n', 'covered'],
  'script of a script': ['#! /script\n', 'covered'],
  'script of go': ['#!/static-go\n', 'go'],
  'by env': ['#!/bin/env -S A=1 static\n', 'static'],
  'of nobody': ['#!/nowhere\n', 'not_found'],
  'of itself': ['#!/of-itself\n', 'too_deep'],
  'without a name': ['#!  \n', 'no_program'],
  plain: ['echo plain\n', 'covered'],
}

test('what covers a program is read from its file, through scripts, whatever its bytes', () =>
  inTemp((dir) => {
    mkdirSync(join(dir, 'bin'))
    writeFileSync(join(dir, 'bin', 'env'), elf([loader(GLIBC)]))
    for (const [name, [bytes]] of Object.entries(FILES)) {
      writeFileSync(join(dir, name.replaceAll(' ', '-')), bytes)
    }
    const world = {
      platform: 'linux',
      native: join(dir, 'dynamic'),
      find: (name: string) => {
        const path = name.startsWith(dir) ? name : join(dir, name.replaceAll(' ', '-'))
        return existsSync(path) ? { path } : { why: 'not there', isThere: false }
      },
    }
    for (const [name, [, reason]] of Object.entries(FILES)) {
      const answer = coverageOf(name, world)
      assert.deepEqual([name, answer.reason, answer.covered], [name, reason, reason === 'covered'])
      assert.ok(answer.why.length > 5, name)
    }
    return Promise.resolve()
  }))

test('every damaged head is an answer, and none makes the reader read without end', () =>
  inTemp((dir) => {
    const good = elf([loader(GLIBC), note('Go')])
    const file = join(dir, 'damaged')
    for (let at = 0; at < 64 + 112; at++) {
      for (const value of [0, 0x7f, 0xff]) {
        const bytes = good.slice()
        bytes[at] = value
        writeFileSync(file, bytes)
        const fd = openSync(file, 'r')
        assert.doesNotThrow(() => readElf(fd), `byte ${at} = ${value}`)
        closeSync(fd)
      }
    }
    return Promise.resolve()
  }))

test('real programs: one that cc links statically is not covered, its dynamic twin is', (t) =>
  inTemp((dir) => {
    if (process.platform !== 'linux') return Promise.resolve(t.skip('for Linux'))
    const source = join(dir, 'x.c')
    writeFileSync(source, 'int main(void) { return 0; }\n')
    const world = {
      platform: 'linux',
      native: '/bin/sh',
      find: (name: string) => ({ path: name }),
    }
    const made = (name: string, ...flags: string[]) =>
      spawnSync('cc', ['-o', join(dir, name), source, ...flags]).status === 0
    if (!made('dynamic')) return Promise.resolve(t.skip('no cc here'))
    assert.equal(coverageOf(join(dir, 'dynamic'), world).reason, 'covered')
    if (made('static', '-static')) {
      assert.equal(coverageOf(join(dir, 'static'), world).reason, 'static')
    }
    if (made('pie', '-static-pie')) {
      assert.equal(coverageOf(join(dir, 'pie'), world).reason, 'static')
    }
    for (const program of ['/bin/sh', '/usr/bin/env', '/bin/bash'].filter(existsSync)) {
      assert.equal(coverageOf(program, world).reason, 'covered', program)
    }
    return Promise.resolve()
  }))
