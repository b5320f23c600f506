// Bringing a file to the server, with progress: fetch tells of none.
import { EXPIRED, freshToken, LOST } from './server.js';

const told = (text, status, name) => {
  if (status === 413) return { detail: `“${name}”超过服务器允许的大小，请压缩或分成几份后再上传。` };
  try {
    const problem = JSON.parse(text);
    if (problem?.detail) return problem;
  } catch {
    // no JSON: a proxy's own page
  }
  return { detail: `“${name}”没有传上去（${status}），请再试一次。` };
};

function send(url, body, csrf, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRFToken', csrf);
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => lengthComputable && onProgress(loaded / total);
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => resolve({ status: 0, text: '' });
    request.send(body);
  });
}

/** Bring a file. Gives {ok, result} or {ok: false, problem}; throws nothing. `wanted`: slot, and the key of what it replaces. */
export async function upload(url, file, wanted, session, onProgress = () => {}) {
  const body = new FormData();
  body.append('slot', wanted.slot);
  if (wanted.replaces) body.append('replaces', wanted.replaces);
  body.append('file', file, file.name);
  try {
    let answer = await send(url, body, session.csrf, onProgress);
    if (answer.status === 401 || (answer.status === 400 && /"code": ?"CSRF"/.test(answer.text))) {
      const token = await freshToken(session.tokenUrl);
      if (!token) return { ok: false, problem: { ...EXPIRED, detail: `“${file.name}”没有传上去：${EXPIRED.detail}` } };
      session.csrf = token;
      answer = await send(url, body, token, onProgress);
    }
    if (answer.status === 0)
      return { ok: false, problem: { ...LOST, detail: `“${file.name}”没有传上去：${LOST.detail}` } };
    if (answer.status >= 200 && answer.status < 300) return { ok: true, result: JSON.parse(answer.text) };
    return { ok: false, problem: told(answer.text, answer.status, file.name) };
  } catch {
    return { ok: false, problem: { ...LOST, detail: `“${file.name}”没有传上去：${LOST.detail}` } };
  }
}
