// Talking to the server about a task: the token against forged requests, one key per attempt, failures in words.

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https, and intranets often have none
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Retrying the same content after a lost answer must not act twice: same content, same key. */
export function makeKeeper() {
  let last = {};
  return (body) => {
    if (last.body !== body) last = { body, key: randomKey() };
    return last.key;
  };
}

export async function freshToken(url) {
  const answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!answer.ok) return undefined;
  const { csrf } = await answer.json();
  return csrf;
}

async function send(url, body, csrf, key) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf };
  if (key) headers['Idempotency-Key'] = key;
  return fetch(url, { method: 'POST', headers, body, credentials: 'same-origin' });
}

/** What the answer says, undefined where it is no JSON: a proxy's own page, or a connection cut half-way. */
async function read(answer) {
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}

export const LOST = { code: 'connection_lost', detail: '没有连上服务器。您填写的内容还在本页，请检查网络后再点一次。' };
const UNREADABLE = {
  code: 'answer_unreadable',
  detail: '服务器的回答没有收全，不能确定是否办成。您填写的内容还在本页，请再点一次：已经办成的不会重复办理。',
};
export const EXPIRED = {
  code: 'signed_out',
  detail: '登录已过期。请在新窗口重新登录，再回到本页继续；您填写的内容还在本页。',
};

/** POST `body` (text). Gives {ok, status, result} or {ok: false, status, problem}; throws nothing. */
export async function post(url, body, session, key) {
  try {
    let answer = await send(url, body, session.csrf, key);
    if (answer.status === 400 || answer.status === 401) {
      const token = await freshToken(session.tokenUrl);
      if (!token) return { ok: false, status: 401, problem: { ...EXPIRED, link: session.signInUrl } };
      if (token !== session.csrf) {
        session.csrf = token;
        answer = await send(url, body, token, key);
      }
    }
    const result = await read(answer);
    if (answer.ok && result) return { ok: true, status: answer.status, result };
    if (answer.ok) return { ok: false, status: answer.status, problem: UNREADABLE };
    const problem = result?.detail ? result : { detail: `服务器没有办成（${answer.status}）。您填写的内容还在本页。` };
    return { ok: false, status: answer.status, problem };
  } catch {
    return { ok: false, status: 0, problem: LOST };
  }
}
