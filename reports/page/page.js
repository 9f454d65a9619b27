'use strict';

// The page is complete without this script; it only adds the filter over the table of cases.
(() => {
  const form = document.querySelector('.filter');
  const rows = [...document.querySelectorAll('.cases tbody tr')];
  if (form === null || rows.length === 0) return;
  const input = form.querySelector('input');
  const shown = form.querySelector('output');
  const texts = rows.map((row) => row.textContent.toLowerCase());

  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    let count = 0;
    rows.forEach((row, index) => {
      row.hidden = !words.every((word) => texts[index].includes(word));
      if (!row.hidden) count += 1;
    });
    shown.textContent = `${count} of ${rows.length} shown`;
  };

  form.addEventListener('submit', (event) => event.preventDefault());
  input.addEventListener('input', apply);
  form.hidden = false;
  apply();
})();
