import { beforeEach, describe, expect, test, vi } from 'vitest';
import { makeKeeper, post } from '../../src/form/server.js';

const json = (status, body) => new Response(JSON.stringify(body), { status });
const page = (status) => new Response('<html>代理</html>', { status });

let asked;
let session;

/** A server that answers in this order; a function stands for what happens instead of an answer. */
function answering(...answers) {
  vi.stubGlobal('fetch', async (url, options) => {
    asked.push({ url, ...options });
    const next = answers.shift();
    return typeof next === 'function' ? next() : next;
  });
}

const offline = () => {
  throw new TypeError('Failed to fetch');
};

beforeEach(() => {
  asked = [];
  session = { csrf: 'old', tokenUrl: '/session', signInUrl: '/sign-in?next=/tasks/1' };
});

const send = (key = 'k1') => post('/tasks/1/complete', '{"data":{"a":1}}', session, key);

describe('a key for what is sent', () => {
  test('the same content has the same key, so that a second attempt does not act twice', () => {
    const keyFor = makeKeeper();
    const first = keyFor('{"a":1}');
    expect(keyFor('{"a":1}')).toBe(first);
    expect(keyFor('{"a":2}')).not.toBe(first);
    expect(keyFor('{"a":1}'), 'what lies between makes another attempt of it').not.toBe(first);
  });

  test('it is one that the server takes, and no two forms share it', () => {
    const key = makeKeeper()('x');
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(makeKeeper()('x')).not.toBe(key);
  });
});

describe('sending', () => {
  test('goes with the token, the key and the text as it is', async () => {
    answering(json(200, { redirect: '/inbox' }));
    expect(await send()).toEqual({ ok: true, status: 200, result: { redirect: '/inbox' } });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ url: '/tasks/1/complete', method: 'POST', body: '{"data":{"a":1}}' });
    expect(asked[0].headers).toMatchObject({
      'X-CSRFToken': 'old',
      'Idempotency-Key': 'k1',
      Accept: 'application/json',
    });
  });

  test('a draft goes without a key: keeping it twice does no harm', async () => {
    answering(json(200, { savedAt: '2026-10-13T01:30:00Z' }));
    await send(null);
    expect(asked[0].headers).not.toHaveProperty('Idempotency-Key');
  });

  test.each([400, 401])(
    'a stale token (%i) is renewed and the same is sent once more with the same key',
    async (status) => {
      answering(json(status, { detail: '令牌过期' }), json(200, { csrf: 'new' }), json(200, { redirect: '/inbox' }));
      expect(await send()).toMatchObject({ ok: true });
      expect(asked.map(({ url }) => url)).toEqual(['/tasks/1/complete', '/session', '/tasks/1/complete']);
      expect(asked[2].headers).toMatchObject({ 'X-CSRFToken': 'new', 'Idempotency-Key': 'k1' });
      expect(asked[2].body).toBe(asked[0].body);
      expect(session.csrf, 'the next attempt begins with it').toBe('new');
    },
  );

  test('a refusal that the token has nothing to do with is not sent again', async () => {
    answering(json(400, { code: 'FORM_SHAPE', detail: '请求内容不对' }), json(200, { csrf: 'old' }));
    expect(await send()).toEqual({ ok: false, status: 400, problem: { code: 'FORM_SHAPE', detail: '请求内容不对' } });
    expect(asked).toHaveLength(2);
  });

  test('whoever is signed out is told where to sign in', async () => {
    answering(json(401, {}), json(401, {}));
    const { ok, status, problem } = await send();
    expect({ ok, status }).toEqual({ ok: false, status: 401 });
    expect(problem).toMatchObject({ code: 'signed_out', link: '/sign-in?next=/tasks/1' });
    expect(problem.detail).toContain('还在本页');
  });

  test('what the server says is passed on, field by field', async () => {
    const problem = { code: 'INVALID_FORM', detail: '有 1 处', problems: [{ path: 'a', message: '“甲”必填' }] };
    answering(json(422, problem));
    expect(await send()).toEqual({ ok: false, status: 422, problem });
  });
});

describe('nothing is lost', () => {
  test('a lost connection is said in words', async () => {
    answering(offline);
    expect(await send()).toMatchObject({ ok: false, status: 0, problem: { code: 'connection_lost' } });
  });

  test('a connection lost while the token is renewed is one too', async () => {
    answering(json(400, {}), offline);
    expect(await send()).toMatchObject({ ok: false, status: 0, problem: { code: 'connection_lost' } });
  });

  test.each([500, 502, 413])('an answer without a sentence (%i) gets one', async (status) => {
    answering(page(status));
    const { ok, problem } = await send();
    expect(ok).toBe(false);
    expect(problem.detail).toContain(String(status));
    expect(problem.detail).toContain('还在本页');
  });

  test('an answer that came only in part is no success', async () => {
    answering(page(200));
    expect(await send()).toMatchObject({ ok: false, problem: { code: 'answer_unreadable' } });
  });
});
