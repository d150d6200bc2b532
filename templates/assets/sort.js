// The page of the search: its title, and what the box found in another order than the best first.

const select = document.getElementById('sort');
const list = document.getElementById('results');
const box = document.getElementById('search');
const title = document.title;
const byName = (a, b) => (a.dataset.name < b.dataset.name ? -1 : 1);
const ORDERS = {
  '': (a, b) => placeOf(a) - placeOf(b),
  downloads: (a, b) => b.dataset.downloads - a.dataset.downloads || byName(a, b),
  updated: (a, b) => Date.parse(b.dataset.day) - Date.parse(a.dataset.day) || byName(a, b),
  name: byName,
};

function placeOf(option) {
  return Number(option.id.split('-')[1]);
}

function sort() {
  list.append(...[...list.children].sort(ORDERS[select.value]));
  select.parentElement.hidden = list.children.length < 2;
  document.title = box.value ? `${box.value} · ${title}` : title;
  // The address says how, so that nobody loses it by going back.
  const address = new URL(location);
  address.searchParams.delete('sort');
  if (select.value && address.search) address.searchParams.set('sort', select.value);
  history.replaceState(null, '', address);
}

const asked = new URLSearchParams(location.search).get('sort');
if (Object.hasOwn(ORDERS, asked)) select.value = asked;
list.addEventListener('found', sort);
select.addEventListener('change', sort);
