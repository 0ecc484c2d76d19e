// Forms: nothing is sent twice by an impatient finger, and what was typed survives a session that ended.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  if (form.method === 'post' && !form.hasAttribute('hx-post')) {
    form.dataset.sending = 'yes';
    setTimeout(() => delete form.dataset.sending, 5_000);
  }
});

// A choice that applies at once, where there is script; without it there is a button.
document.addEventListener('change', event => {
  if (event.target.matches('[data-submits]')) {
    event.target.form.requestSubmit();
  }
});

document.addEventListener('click', event => {
  const button = event.target.closest('[data-print]');
  if (button) {
    window.print();
  }
});
