// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from 'vitest';

const PAGE = `
  <form method="post"><input id="username"><input id="password"><button id="sign-in" type="submit">登录</button></form>
  <input id="account-search">
  <section class="account-role"><button class="account" data-account="applicant" data-password="p1" data-words="王建设 申报单位"></button></section>
  <section class="account-role"><button class="account" data-account="analyst" data-password="p2" data-words="周分析 数据局"></button></section>
  <form id="filter" method="get"><select data-submit><option>a</option><option>b</option></select><button type="submit"></button></form>`;

const get = (selector) => document.querySelector(selector);

beforeEach(async () => {
  document.body.innerHTML = PAGE;
  vi.resetModules();
  await import('../src/site.js');
});

test('one click fills an account in', () => {
  get('[data-account=analyst]').click();
  expect([get('#username').value, get('#password').value]).toEqual(['analyst', 'p2']);
  expect(document.activeElement).toBe(get('#sign-in'));
});

test('a search leaves the accounts that fit, and no role without any', () => {
  const search = (words) => {
    get('#account-search').value = words;
    get('#account-search').dispatchEvent(new Event('input'));
    return [...document.querySelectorAll('.account-role')].map(({ hidden }) => hidden);
  };
  expect(search(' 分析 ')).toEqual([true, false]);
  expect(search('没有这个人')).toEqual([true, true]);
  expect(search('')).toEqual([false, false]);
});

test('a form is sent once, with what its button says, and can be sent again when the page is come back to', async () => {
  const [form] = document.querySelectorAll('form[method=post]');
  form.dispatchEvent(new Event('submit', { cancelable: true }));
  expect(get('#sign-in').disabled).toBe(false); // the browser gathers what is sent after this event
  await new Promise((later) => setTimeout(later));
  expect(get('#sign-in').disabled).toBe(true);
  window.dispatchEvent(new Event('pageshow'));
  expect(get('#sign-in').disabled).toBe(false);
});

test('a filter acts at once', () => {
  const sent = vi.spyOn(get('#filter'), 'requestSubmit').mockImplementation(() => {});
  get('select').dispatchEvent(new Event('change'));
  expect(sent).toHaveBeenCalledOnce();
});
