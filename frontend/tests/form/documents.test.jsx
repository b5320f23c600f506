// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { refusal } from '../../src/form/documents.jsx';
import { TaskForm } from '../../src/form/task_form.jsx';
import { isTable } from '../../src/form/ui.js';

const document_ = { type: 'object', 'x-format': 'document' };
const list = { type: 'array', title: '文件', items: document_ };
const rows = {
  type: 'array',
  title: '材料',
  items: { type: 'object', properties: { name: { type: 'string' }, files: list } },
};
const FILES = {
  put: '/tasks/5/documents',
  read: '/documents/0?task=5',
  endings: ['.pdf'],
  kinds: 'PDF',
  bytes: 100,
  size: '100 字节',
  refused: '',
};
const ONE = { key: '7', name: '方案.pdf', sha256: 'a'.repeat(64), version: 2 };

let sent, answers;
class Request {
  upload = {};
  open(method, url) {
    this.url = url;
  }
  setRequestHeader() {}
  send(body) {
    sent.push({ url: this.url, slot: body.get('slot'), replaces: body.get('replaces'), name: body.get('file').name });
    this.upload.onprogress?.({ loaded: 1, total: 2, lengthComputable: true });
    const [status, text] = answers.shift();
    Object.assign(this, { status, responseText: JSON.stringify(text) });
    setTimeout(() => this.onload());
  }
}

beforeEach(() => {
  sent = [];
  answers = [];
  vi.stubGlobal('XMLHttpRequest', Request);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const page = (properties, initial = {}, more = {}) =>
  render(
    <TaskForm
      form={{ schema: { type: 'object', properties }, ui: {} }}
      initial={initial}
      files={FILES}
      urls={{ complete: '/c' }}
      session={{ csrf: 't' }}
      zone="Asia/Shanghai"
      {...more}
    />,
  );
const choose = (label, ...names) =>
  fireEvent.change(screen.getByLabelText(label), {
    target: { files: names.map((name) => new File(['x'], name)) },
  });
const brought = (key, name) => [200, { document: { key, name, sha256: 'b'.repeat(64), version: 1 } }];

test('what is wrong is told before anything is sent', async () => {
  expect(refusal({ name: 'a.exe', size: 1 }, FILES)).toContain('“a.exe”这种类型不能上传');
  expect(refusal({ name: 'a.pdf', size: 101 }, FILES)).toContain('超过 100 字节');
  expect(refusal({ name: 'a.pdf', size: 0 }, FILES)).toContain('是空的');
  expect(refusal({ name: 'A.PDF', size: 1 }, FILES)).toBeUndefined();
  page({ files: list });
  choose('上传文件', 'a.exe');
  await screen.findByText(/“a.exe”这种类型不能上传/);
  expect(sent).toEqual([]);
});

test('several files are brought one by one, each a link; one that is refused is named and the others stay', async () => {
  answers = [brought('1', '甲.pdf'), [400, { detail: '“乙.pdf”已损坏' }], brought('3', '丙.pdf')];
  page({ files: list });
  choose('上传文件', '甲.pdf', '乙.pdf', '丙.pdf');
  await screen.findByText('丙.pdf');
  await screen.findByText('“乙.pdf”已损坏');
  expect(screen.getByText('甲.pdf').getAttribute('href')).toBe('/documents/1?task=5');
  expect(sent.map(({ name, slot }) => [name, slot])).toEqual([
    ['甲.pdf', 'files'],
    ['乙.pdf', 'files'],
    ['丙.pdf', 'files'],
  ]);
});

test('in a row of a table the place is named without its number; replacing names what is replaced', async () => {
  expect(isTable(rows)).toBe(true);
  answers = [brought('9', '终稿.pdf')];
  page({ rows }, { rows: [{ name: '方案', files: [ONE] }] });
  expect(screen.getByText('方案.pdf（第 2 版）')).toBeTruthy();
  choose('替换 方案.pdf', '终稿.pdf');
  await screen.findByText('终稿.pdf');
  expect(sent).toEqual([{ url: FILES.put, slot: 'rows/files', replaces: '7', name: '终稿.pdf' }]);
  expect(screen.queryByText('方案.pdf（第 2 版）')).toBeNull();
  fireEvent.click(screen.getByLabelText('删除 终稿.pdf'));
  await waitFor(() => expect(screen.queryByText('终稿.pdf')).toBeNull());
});

test('one document takes the place of the last and is no list', async () => {
  page({ plan: { ...document_, title: '方案' } }, { plan: ONE });
  expect(screen.queryByLabelText('上传方案')).toBeNull();
  fireEvent.click(screen.getByLabelText('删除 方案.pdf'));
  expect(await screen.findByLabelText('上传方案')).toBeTruthy();
});

test('of a classified project nothing can be brought, and why is said', () => {
  page({ files: list }, {}, { files: { ...FILES, refused: '涉密项目不在平台上传文件' } });
  expect(screen.getByText('涉密项目不在平台上传文件')).toBeTruthy();
  expect(screen.queryByLabelText('上传文件')).toBeNull();
});

test('what only shows is links without tools', () => {
  page({ files: { ...list, readOnly: true } }, { files: [ONE] });
  expect(screen.getByText('方案.pdf（第 2 版）').getAttribute('href')).toBe('/documents/7?task=5');
  expect(screen.queryByText('替换')).toBeNull();
});

test('files that are shown stay when an answer makes a condition hold', async () => {
  let kept;
  vi.stubGlobal('fetch', (url, { body }) => {
    kept = JSON.parse(body).data;
    return Promise.resolve({ ok: true, status: 200, json: async () => ({ savedAt: '2026-01-01T00:00:00Z' }) });
  });
  const answered = { properties: { done: { const: true } } };
  const schema = {
    type: 'object',
    properties: { materials: { ...rows, readOnly: true }, done: { type: 'boolean', title: '办结' } },
    allOf: [{ if: answered, then: { required: ['done'] } }],
  };
  const materials = [{ name: '方案', files: [ONE] }];
  const { container } = render(
    <TaskForm
      form={{ schema, ui: {} }}
      initial={{ materials }}
      files={FILES}
      urls={{ complete: '/c', draft: '/d' }}
      session={{ csrf: 't' }}
      zone="Asia/Shanghai"
    />,
  );
  fireEvent.click(container.querySelector('#root_done-0'));
  fireEvent.click(screen.getByText('暂存草稿'));
  await waitFor(() => expect(kept).toEqual({ materials, done: true }));
});
