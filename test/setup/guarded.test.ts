import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../src/engine/evaluate.ts'
import { HOSTS } from '../../src/setup/hosts.ts'
import { callOf, factsOf } from '../helpers/engine.ts'
import { profileSet } from '../detection/measure.ts'

const set = profileSet('standard')
const decide = (tool: string, params: Readonly<Record<string, string>>) =>
  evaluate(set, callOf(tool, params), factsOf()).action

const FILES = HOSTS.flatMap(({ name, user, project }) => [
  ...user.plans.map(({ path }) => ({ name, path: `/home/u/${user.directory}/${path}` })),
  ...project?.plans.map(({ path }) => ({ name, path: `/w/${project.directory}/${path}` })) ?? [],
])

for (const { name, path } of FILES) {
  test(`semantics 33 what setup writes for ${name} no agent writes, on any path: ${path}`, () => {
    assert.equal(decide('write', { path }), 'deny')
    assert.equal(decide('mcp__fs__write_file', { path, content: '{}' }), 'deny')
    for (
      const command of [
        `echo x > ${path}`,
        `rm -f ${path}`,
        `mv ${path} /tmp/x`,
        `cp /tmp/x ${path}`,
        `sed -i s/a/b/ ${path}`,
        `ln -sf /tmp/x ${path}`,
        `chmod 000 ${path}`,
        `python3 -c 'open("${path}", "w")'`,
        `tee ${path} < /tmp/x`,
      ]
    ) assert.equal(decide('exec', { command }), 'deny', command)
    assert.equal(decide('read', { path }), 'allow')
    assert.equal(decide('exec', { command: `cat ${path}` }), 'allow')
    assert.equal(decide('exec', { command: `git add ${path}` }), 'allow')
  })
}
