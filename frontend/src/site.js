// Small conveniences of every page; all pages work without them, but for the two islands.
import 'bootstrap/dist/css/bootstrap.min.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/lists.css';
import './styles/tasks.css';
import './styles/narrow.css';

// The demonstration's sign-in: one click fills an account in.
for (const button of document.querySelectorAll('[data-account]')) {
  button.addEventListener('click', () => {
    document.getElementById('username').value = button.dataset.account;
    document.getElementById('password').value = button.dataset.password;
    document.getElementById('sign-in').focus();
  });
}

// Searching in the list of accounts.
const finder = document.getElementById('account-search');
finder?.addEventListener('input', () => {
  const wanted = finder.value.trim();
  for (const button of document.querySelectorAll('[data-account]'))
    button.hidden = !button.dataset.words.includes(wanted);
  for (const role of document.querySelectorAll('.account-role'))
    role.hidden = !role.querySelector('.account:not([hidden])');
});

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', () => {
    // Once the browser has gathered what is sent: a disabled button's own name and value would not be.
    setTimeout(() => {
      for (const button of form.querySelectorAll('button[type="submit"]')) button.disabled = true;
    });
  });
}
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('form[method="post"] button[type="submit"]')) button.disabled = false;
});

// A filter's select acts at once.
for (const select of document.querySelectorAll('select[data-submit]')) {
  select.addEventListener('change', () => select.form.requestSubmit());
}
