// The search box. What it reads is described in domain/search_tree.py: a tree of tokens (domain/search.py) in small files.

const FOLDER = '/search/v1/';
const BITS = 7;
const SHOWN = 10;
const MOST_SHOWN = 50;
const MOST_WORDS = 3;
const LONGEST_WORD = 24;
const LONGEST_NAME = 40;
const LONGEST_BEGINNING = 7;
const HEAD = 32;
const SHORTEST_MISSPELT = 3;
const DEBOUNCE = 120;
const KEPT = 60000;
// Of a requirement, such as name[extra]>=1.0; python_version < '3.9': no part of the name.
const EXTRAS = /\b\s*\[[^\]]*\]?/g;
const VERSIONS = /\b\s*(?:\(?\s*(?:[=<>]|[~!]=)|;|@\s).*/s;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
export const STOP_WORDS = new Set((
  'an and any are as at be by can for from has in into is it its library module of on or package python simple that ' +
  'the this to use used using via with you your').split(' '));

// Words and tokens, as the index makes them.

export function wordsOf(text) {
  const plain = text.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '');
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

export function wordToken(word) {
  const ascii = Array.from(word, (c) => (c < '\x80' ? c : '~' + c.codePointAt(0).toString(16)));
  return ascii.join('').slice(0, LONGEST_WORD);
}

export function nameToken(joined) {
  return joined.length > LONGEST_NAME ? joined.slice(0, HEAD) + digest(joined) : joined;
}

export function backwards(joined) {
  return '<' + [...joined].reverse().slice(0, HEAD).join('');
}

export function inwards(joined) {
  const pairs = Array.from(joined, (c, at) => c + joined[joined.length - 1 - at]);
  return '>' + pairs.join('').slice(0, Math.min(joined.length, HEAD));
}

function digest(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return value.toString(16).padStart(8, '0');
}

// The tree: which leaves there are is told by its shape in pre-order, 1 an inner node, 0 a leaf, - nothing.

function bitsOf(text) {
  return Array.from(text, (c) => c.charCodeAt(0).toString(2).padStart(BITS, '0')).join('');
}

export function rootOf(token) {
  return token.slice(0, token[0] === '<' || token[0] === '>' ? 2 : 1);
}

/** Up to so many leaves of what begins with the token; if nothing does, the leaf that comes near. */
export function leavesOf(shape, token, most) {
  const path = bitsOf(token);
  let node = bitsOf(rootOf(token));
  let at = 0;
  while (shape[at] === '1' && node.length < path.length) {
    const right = behind(shape, at + 1);
    let isRight = path[node.length] === '1';
    if (shape[isRight ? right : at + 1] === '-') isRight = !isRight;
    at = isRight ? right : at + 1;
    node += isRight ? '1' : '0';
  }
  const found = [];
  for (const ahead = [node]; ahead.length && found.length < most; at += 1) {
    const next = ahead.pop();
    if (shape[at] === '1') ahead.push(next + '1', next + '0');
    if (shape[at] === '0') found.push(next);
  }
  return found;
}

function behind(shape, start) {
  let at = start;
  for (let open = 1; open; at += 1) open += shape[at] === '1' ? 1 : -1;
  return at;
}

export function leafPath(node) {
  return FOLDER + BigInt('0b1' + node).toString(16) + '.json';
}

export function mapPath(root) {
  return FOLDER + 'map/' + Array.from(root, (c) => c.charCodeAt(0).toString(16)).join('') + '.json';
}

// Ranking.

/** Whether one letter is missing, too many or another, or two neighbours are swapped. */
export function isMisspelt(given, meant) {
  const shorter = Math.min(given.length, meant.length);
  let head = 0;
  while (head < shorter && given[head] === meant[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && given.at(-1 - tail) === meant.at(-1 - tail)) tail += 1;
  const left = given.slice(head, given.length - tail);
  const right = meant.slice(head, meant.length - tail);
  return (left.length < 2 && right.length < 2) ||
    (left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]);
}

/** What a word and its plural both begin with. */
function singular(word) {
  return word.replace(/(...)s$/, '$1');
}

function asked(text) {
  const words = wordsOf(text);
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  const joined = words.join('');
  return { words, telling: telling.length ? telling : words, joined: /^[a-z0-9]+$/.test(joined) ? joined : '' };
}

/** How well a package answers, the less the better; undefined if it does not. */
function rankOf(row, query) {
  const joined = row.name.replaceAll('-', '');
  if (query.joined && joined === query.joined) return 0;
  if (query.joined && joined.startsWith(query.joined)) return 1;
  const parts = row.name.split('-');
  if (query.words.every((word) => parts.some((part) => part.startsWith(word)))) return 2;
  const words = [...parts, ...wordsOf(row.summary)];
  const missing = query.telling.filter((word) => !words.some((other) => other.startsWith(singular(word)))).length;
  if (!missing) return 3;
  if (query.joined.length >= SHORTEST_MISSPELT && isMisspelt(query.joined, joined)) return 4;
  return missing < query.telling.length ? 4 + missing : undefined;
}

function ranked(rows, query) {
  const found = rows.map((row) => ({ ...row, rank: rankOf(row, query) })).filter((row) => row.rank !== undefined);
  found.sort((a, b) => a.rank - b.rank || b.downloads - a.downloads || (a.name < b.name ? -1 : 1));
  return found.some((row) => row.rank < 5) ? found.filter((row) => row.rank < 5) : found;
}

// Searching.

/** What is read, one after the other: tokens with how many leaves of each, and how many packages are enough then. */
function stagesOf({ telling, joined }, isPhrase) {
  const some = telling.slice(0, isPhrase ? MOST_WORDS : 1);
  const [byWords, bySingulars] = [some, some.map(singular)].map((all) => ({ wanted: new Map(all.map((word) => [wordToken(word), 1])), enough: 1 }));
  if (!joined) return [byWords, bySingulars];
  // Packages with the word, with the name, and those that begin so; of long beginnings there is no list.
  const most = isPhrase || joined.length > LONGEST_BEGINNING ? 2 : joined.length < 5 ? 3 : 4;
  const byName = { wanted: new Map([[nameToken(joined), most]]), enough: SHOWN };
  const misspelt = { wanted: new Map([[backwards(joined), 1], [inwards(joined), 1]]), enough: 1 };
  const byLetters = joined.length < SHORTEST_MISSPELT ? [] : [misspelt];
  return isPhrase ? [byName, byWords, ...byLetters, bySingulars] : [byName, ...byLetters, byWords, bySingulars];
}

/** Packages by what is typed; `read` gives the parsed JSON of a path, or throws. */
export class Search {
  constructor(read) {
    this.read = read;
    this.answers = new Map();
  }

  /** At most so many, the best first: `{ name, spelling, summary, version, updated, downloads, standing, rank }`, rank 0 for the name itself. */
  async find(pasted, most = SHOWN) {
    const text = pasted.replace(EXTRAS, '').replace(VERSIONS, '');
    const query = asked(text);
    const rows = new Map();
    let found = [];
    for (const { wanted, enough } of stagesOf(query, /\s/.test(text.trim()))) {
      await this.gather(rows, wanted);
      found = ranked([...rows.values()], query);
      if (found[0]?.rank === 0 || found.filter((row) => row.rank < 5).length >= enough) break;
    }
    // A name that was misspelt, maybe as the beginning of another. With another first letter its map would be one too many.
    if (found[0]?.rank === 4) {
      const meant = found[0].name.replaceAll('-', '');
      if (meant[0] === query.joined[0]) found.push(...await this.beginning(meant, found));
    }
    return found.slice(0, most);
  }

  /** What else begins with a name, as far as it is in one leaf. */
  async beginning(joined, found) {
    const rows = new Map();
    await this.gather(rows, new Map([[joined.length > LONGEST_BEGINNING ? nameToken(joined) : joined + '*', 1]]));
    for (const { name } of found) rows.delete(name);
    return ranked([...rows.values()], asked(joined)).filter((row) => row.rank === 1);
  }

  async gather(rows, wanted) {
    const leaves = await Promise.all(Array.from(wanted, async ([token, most]) => {
      const { shape } = await this.once(mapPath(rootOf(token)));
      return Promise.all(leavesOf(shape, token, most).map((node) => this.once(leafPath(node))));
    }));
    for (const [name, spelling, summary, version, updated, downloads, standing] of leaves.flat(2)) {
      rows.set(name, { name, spelling: spelling || name, summary, version, updated, downloads, standing });
    }
  }

  once(path) {
    const known = this.answers.get(path);
    if (known && Date.now() - known.since < KEPT) return known.answer;
    const answer = this.read(path);
    this.answers.set(path, { answer, since: Date.now() });
    answer.catch(() => this.answers.delete(path));
    return answer;
  }
}

// The box.

async function readJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

export function countOf(number, most = SHOWN) {
  if (!number) return 'No packages found';
  if (number > most) return `The best ${most} packages`;
  return number === 1 ? '1 package' : `${number} packages`;
}

/** A day like 2026-11-24 as all pages say it. */
function dayOf(text) {
  const [year, month, day] = text.split('-');
  return `${+day} ${MONTHS[month - 1]} ${year}`;
}

function optionOf(row, at) {
  const option = document.createElement('a');
  Object.assign(option, { id: `result-${at}`, href: `/project/${row.name}/`, tabIndex: -1, role: 'option', ariaSelected: 'false' });
  Object.assign(option.dataset, { name: row.name, day: row.updated, downloads: row.downloads });
  const downloads = row.downloads ? `${row.downloads.toLocaleString('en')}+ downloads in 30 days` : '';
  const texts = { b: row.spelling, em: row.standing, code: row.version, span: row.summary, time: row.updated && dayOf(row.updated), small: downloads };
  for (const [tag, text] of Object.entries(texts)) {
    if (!text) continue;
    option.append(option.hasChildNodes() ? ' ' : '', Object.assign(document.createElement(tag), { textContent: text, dateTime: row.updated }));
  }
  return option;
}

class Box {
  constructor(input, list, status) {
    Object.assign(this, { input, list, status, search: new Search(readJson), selected: null, found: [], said: '', shown: '', turn: 0 });
    this.stays = input.form.classList.contains('stays');
    this.most = this.stays ? MOST_SHOWN : SHOWN;
    input.oninput = () => this.typed();
    input.onkeydown = (event) => this.pressed(event);
    input.onfocus = () => this.open(true);
    input.form.onsubmit = (event) => this.submitted(event);
    list.onmousedown = (event) => event.preventDefault();
    document.addEventListener('click', (event) => input.form.contains(event.target) || this.open(false));
    input.form.addEventListener('focusout', (event) => input.form.contains(event.relatedTarget) || this.open(false));
    document.addEventListener('keydown', (event) => {
      const isTyping = event.target.closest('input, textarea, select, [contenteditable]');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
  }

  typed() {
    clearTimeout(this.timer);
    this.turn += 1;
    this.timer = setTimeout(() => this.answer(), DEBOUNCE);
  }

  async answer() {
    clearTimeout(this.timer);
    const turn = this.turn += 1;
    const text = this.input.value;
    let found = [];
    let said = '';
    try {
      found = await this.search.find(text, this.most + 1);
      said = text.trim() ? countOf(found.length, this.most) : '';
      if (found.length > SHOWN && !this.stays && found[0].rank) said += ', Enter shows more';
    } catch {
      said = 'The search does not answer. Try again, or browse all packages.';
    }
    if (turn === this.turn) this.show(text, found.slice(0, this.most), said);
  }

  show(text, found, said) {
    Object.assign(this, { found, said, shown: text });
    this.list.replaceChildren(...found.map(optionOf));
    this.select(null);
    this.open(true);
    if (!this.stays) return;
    history.replaceState(null, '', text ? `?q=${encodeURIComponent(text)}` : location.pathname);
    this.list.dispatchEvent(new Event('found'));
  }

  open(isWanted) {
    const isOpen = isWanted || this.stays;
    const isShown = isOpen && this.found.length > 0;
    this.status.textContent = isOpen ? this.said : '';
    this.list.hidden = !isShown;
    this.input.ariaExpanded = String(isShown);
    if (!isShown) this.select(null);
  }

  select(option) {
    if (this.selected) this.selected.ariaSelected = 'false';
    this.selected = option;
    if (!option) {
      this.input.removeAttribute('aria-activedescendant');
      return;
    }
    option.ariaSelected = 'true';
    option.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', option.id);
  }

  pressed(event) {
    if (event.isComposing) return;
    const count = this.found.length;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count) {
      event.preventDefault();
      this.open(true);
      // Below the last and above the first is the text itself.
      const options = [...this.list.children, null];
      this.select(options[(options.indexOf(this.selected) + (event.key === 'ArrowDown' ? 1 : count)) % (count + 1)]);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      clearTimeout(this.timer);
      // An answer that is under way is not wanted any more.
      this.turn += 1;
      this.select(null);
      this.open(false);
    }
  }

  /** Enter: the selected package, else the one of that name, else all that is found. */
  async submitted(event) {
    event.preventDefault();
    if (this.selected) {
      location.assign(this.selected.href);
      return;
    }
    if (this.shown !== this.input.value) await this.answer();
    if (this.found[0]?.rank === 0) location.assign(`/project/${this.found[0].name}/`);
    else if (this.input.value.trim()) location.assign(`/search/?q=${encodeURIComponent(this.input.value.trim())}`);
  }
}

function start() {
  const input = document.getElementById('search');
  const list = document.getElementById('results');
  if (!input || !list) return;
  const box = new Box(input, list, input.form.querySelector('[role=status]'));
  const text = box.stays && new URLSearchParams(location.search).get('q');
  if (text) {
    input.value = text;
    if (matchMedia('(hover: hover)').matches) input.focus();
    box.answer();
  }
}

if (typeof document !== 'undefined') start();
