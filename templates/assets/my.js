// The submitters' area: fills templates/my.html from /api. What comes from elsewhere is text, never markup.

const PAGE_SIZE = 20;
const SHOWN_VERSIONS = 5;
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 10000;
const DELAY_OF_TROUBLE = 30000;
const PATIENCE = 45000;
const LOADING = 'Loading …';
const LOGGED_OUT = 'You are logged out.';
const SIMPLE = 'application/vnd.pypi.simple.v1+json';
const UNITS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];
const STATUS_WORDS = {
  queued: 'Waiting for its turn', building: 'Building', published: 'Published', failed: 'Failed',
};

// Without a document.

/** How long before `now` something was, both in milliseconds, as people say it. */
export function ago(then, now) {
  const seconds = Math.round((now - then) / 1000);
  const [unit, length] = UNITS.find((each) => Math.abs(seconds) >= each[1]) ?? ['second', 1];
  if (Math.abs(seconds) < 45) return 'just now';
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.round(seconds / length), unit);
}

export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, factor] = bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(bytes / factor).toFixed(bytes / factor < 10 ? 1 : 0)} ${unit}`;
}

export function countOf(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** The rows in whose text every word of the filter is. */
export function matching(rows, filter, textOf) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => words.every((word) => textOf(row).toLowerCase().includes(word)));
}

/** The rows of a page, which is counted from 0 and moved to where there are any. */
export function pageOf(rows, wanted, size = PAGE_SIZE) {
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  const page = Math.min(Math.max(wanted, 0), last);
  return { page, last, rows: rows.slice(page * size, (page + 1) * size) };
}

/** When to look again: soon where something happened, later and later where nothing does. */
export function delayAfter(delay, hasChanged) {
  return hasChanged ? FIRST_DELAY : Math.min(delay * 1.2, LONGEST_DELAY);
}

/** `owner/name` out of that or of an address that somebody copied, for a browser or for git; undefined if it is neither. */
export function repositoryOf(text) {
  const address = /^(?:\w+:\/\/)?(?:git@)?[^/:\s]+\.[^/:\s]+(?::\d+)?[/:]([^/\s]+\/[^/\s?#]+)/.exec(text.trim());
  const path = (address?.[1] ?? text.trim()).replace(/(?:\.git)?\/?$/, '');
  return /^[\w-]+\/[\w.-]+$/.test(path) ? path : undefined;
}

export function namesOf(text) {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** What is to be added to what is shown; undefined if it goes on differently. */
export function restOf(shown, wanted) {
  return wanted.startsWith(shown) ? wanted.slice(shown.length) : undefined;
}

// Elements.

const quoted = encodeURIComponent;
const find = (selector, within = document) => within.querySelector(selector);
const said = (text) => { find('#said').textContent = text; };

/** An element of a tag, maybe with a class (`p.note`); `aria` are its attributes of that kind, the others properties. */
function el(kind, { aria = {}, role, ...properties } = {}, ...children) {
  const [tag, className = ''] = kind.split('.');
  const node = Object.assign(document.createElement(tag), { className }, properties);
  if (role) node.setAttribute('role', role);
  for (const [name, value] of Object.entries(aria)) node.setAttribute(`aria-${name}`, value);
  node.append(...children.filter((child) => child || child === 0));
  return node;
}

function button(text, onclick, { label, kind = '' } = {}) {
  return el('button', { type: 'button', className: kind, aria: label ? { label } : {}, onclick }, text);
}

function timeOf(text) {
  const at = new Date(text);
  if (Number.isNaN(+at)) return '';
  return el('time', { dateTime: text, title: at.toLocaleString() }, ago(at, Date.now()));
}

function repositoryLink(name) {
  const text = String(name);
  const href = repositoryOf(text) === text ? `${find('#app').dataset.github}/${text}` : '';
  return href ? el('a', { href }, text) : text;
}

function projectLink(name) {
  return el('a', { href: `/project/${quoted(name)}/` }, name);
}

/** Makes these the children; what is in its place already keeps its focus. */
function arrange(list, nodes) {
  nodes.forEach((node, at) => { if (list.children[at] !== node) list.insertBefore(node, list.children[at] ?? null); });
  while (list.children.length > nodes.length) list.lastElementChild.remove();
}

function dotted(...parts) {
  return parts.filter(Boolean).flatMap((part, at) => (at ? [' · ', part] : [part]));
}

const meta = (...parts) => el('p.meta', {}, ...dotted(...parts));
const trouble = () => el('p.trouble', { role: 'alert' });

/** A line to be copied, with a button that does it. */
function copyable(text) {
  const code = el('code', {}, text);
  const told = el('span.note', { role: 'status' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = 'Copied.';
    } catch {
      getSelection().selectAllChildren(code);
      told.textContent = 'It is selected: copy it with the keyboard.';
    }
  };
  return el('div.copy', {}, el('pre', { tabIndex: 0 }, code), button('Copy', copy), told);
}

// The API.

class Refusal extends Error {
  constructor(status, detail, told = null) {
    super(detail);
    this.status = status;
    this.told = told;
  }
}

/** What to tell of a refusal; anything else is a fault of this script. */
function messageOf(error) {
  if (error instanceof Refusal) return error.message;
  throw error;
}

function csrf() {
  return /(?:^|; )csrf_token=([^;]*)/.exec(document.cookie)?.[1] ?? '';
}

async function ask(method, path, body, accept = 'application/json') {
  const headers = { Accept: accept };
  if (method !== 'GET') {
    await login.check();
    headers['X-CSRF-Token'] = csrf();
  }
  if (body) headers['Content-Type'] = 'application/json';
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: 'no-store', redirect: 'manual', signal }).catch(() => {
    throw new Refusal(0, 'The index does not answer. Are you online? Try again.');
  });
  if (answer.ok || answer.type === 'opaqueredirect') return answer;
  const problem = await answer.json().catch(() => null);
  let detail = problem?.detail ?? `The index answers with an error (${answer.status}). Try again later.`;
  if (answer.status === 401 && !csrf()) detail = LOGGED_OUT;
  // What is said to programs is of no use here.
  if (detail.includes('csrf_token')) detail = 'Your login does not fit this page.';
  else if (answer.status !== 401) throw new Refusal(answer.status, detail, problem);
  login.end(detail);
  throw new Refusal(answer.status, detail, problem);
}

async function read(path, accept) {
  const answer = await ask('GET', path, undefined, accept);
  return answer.json().catch(() => {
    throw new Refusal(answer.status, 'The answer of the index is cut off. Try again.');
  });
}

/** Says why something was not read, and offers to read it. */
function again(place, error, act) {
  place.replaceChildren(messageOf(error), ' ', button('Try again', act));
}

/** Does something once at a time and says next to it why it failed; returns whether it did not. */
async function trying(place, node, act) {
  if (node.ariaBusy) return false;
  node.ariaBusy = 'true';
  place.textContent = '';
  try {
    await act();
    return true;
  } catch (error) {
    place.textContent = messageOf(error);
    return false;
  } finally {
    node.ariaBusy = null;
  }
}

// Being logged in.

class Login {
  constructor() {
    Object.assign(this, { isEnded: false, token: '' });
    find('#account button').onclick = () => this.leave();
  }

  /** The session is over: what is on the page stays, and goes on after another login in another tab. */
  end(detail) {
    if (find('#app').hidden || this.isEnded) return;
    this.isEnded = true;
    this.token = csrf();
    const link = el('a', { href: find('#guest a').href, target: '_blank', className: 'button' }, 'Log in');
    find('#ended').replaceChildren(el('p.banner', {},
      `${detail} `, link, ' in a new tab, then come back: nothing on this page is lost. ', button('Go on', () => area.load())));
  }

  /** Sees that this page is of whoever this browser is logged in as: another tab may have changed that. */
  async check() {
    const { account, token } = this;
    if (csrf() === token) return;
    await area.load();
    if (account && account !== this.account) throw new Refusal(0, 'You are logged in as somebody else now: nothing was done.');
  }

  show({ login, github, account }) {
    if (this.account && this.account !== account) area.empty();
    Object.assign(this, { isEnded: false, github, account, token: csrf() });
    find('#account b').textContent = login;
    this.face(true);
  }

  face(isIn) {
    find('#ended').replaceChildren();
    find('#guest').hidden = isIn;
    find('#account').hidden = find('#app').hidden = !isIn;
  }

  async leave() {
    try {
      await ask('POST', '/logout');
    } catch (error) {
      if (error.status !== 401) {
        said(messageOf(error));
        return;
      }
    }
    this.clear();
    find('#guest a').focus();
  }

  clear() {
    this.token = this.account = '';
    area.empty();
    this.face(false);
    said(LOGGED_OUT);
  }
}

// A dialog that stays open until what it asks about is done.

class Dialog {
  constructor(node) {
    this.node = node;
    this.form = find('form', node);
    this.trouble = find('.trouble', node);
    [this.confirm, this.cancel] = node.querySelectorAll('.actions button');
    this.cancel.onclick = () => node.close();
    this.form.onsubmit = (event) => this.submitted(event);
    // The event comes later than the closing: by then, the next question may be open.
    node.onclose = () => {
      if (node.open) return;
      if (this.act && this.confirm.ariaBusy) said('That was sent already, and goes on.');
      this.act = undefined;
    };
  }

  /** `act` may return what gets the focus in the end; without it, there is nothing to confirm. */
  open({ title, body, confirm, act, kind = 'main' }) {
    find('h2', this.node).textContent = title;
    find('h2 + div', this.node).replaceChildren(...body);
    this.trouble.textContent = '';
    this.offer(confirm, act, kind);
    this.node.showModal();
    (find('input', this.node) ?? find('h2', this.node)).focus();
  }

  offer(confirm, act, kind = 'main') {
    this.act = act;
    this.confirm.hidden = !act;
    this.confirm.textContent = confirm ?? '';
    this.confirm.className = kind;
  }

  async submitted(event) {
    event.preventDefault();
    const act = this.act;
    let target;
    if (!act) return;
    const isDone = await trying(this.trouble, this.confirm, async () => { target = await act(); });
    if (this.act !== act) {
      // Somebody did not wait for it, and is elsewhere.
      if (!isDone) said(this.trouble.textContent);
    } else if (isDone) {
      this.act = undefined;
      this.node.close();
      target?.focus();
    }
  }
}

function field(label, id, properties = {}) {
  const input = el('input', { type: 'text', id, ...properties });
  return { input, row: el('div.field', {}, el('label', { htmlFor: id }, label), input) };
}

/** Asks for the name of the package before something of it is gone for ever. */
function askByName(what, name, subject, act) {
  const { input, row } = field(`Type ${name} to delete it`, 'typed-name');
  dialog.open({
    title: `Delete ${what}?`,
    body: [el('p', {}, `${subject} will be gone for everybody, and filenames cannot be used again. To hide files from new installations only, yank them.`), row],
    confirm: `Delete ${name === what ? name : 'the file'}`,
    kind: 'bad',
    act: () => {
      input.ariaInvalid = String(input.value.trim() !== name);
      if (input.ariaInvalid === 'false') return act();
      input.focus();
      throw new Refusal(0, `That is not ${name}: nothing was deleted.`);
    },
  });
}

// A list in pages, with a filter where it is long.

class List {
  /** `nodeOf` makes an item; `textOf` says what of a row is searched; `one` is what a row is called. */
  constructor(section, { nodeOf, textOf, one, many }) {
    Object.assign(this, { nodeOf, textOf, one, many, rows: [], page: 0 });
    this.filter = field(`Find one of your ${many}`, `find-${many}`);
    this.input = this.filter.input;
    this.input.oninput = () => { this.page = 0; this.draw(); };
    this.count = el('p.count', { role: 'status' });
    this.items = el('ul.cards');
    this.where = el('span');
    this.steps = [-1, 1].map((step) => button(step < 0 ? 'Previous' : 'Next', () => this.turn(step)));
    this.pager = el('nav.pager', { aria: { label: `Pages of ${many}` } }, this.steps[0], this.where, this.steps[1]);
    this.filter.row.hidden = this.pager.hidden = true;
    section.append(this.filter.row, this.count, this.items, this.pager);
  }

  show(rows, empty) {
    Object.assign(this, { rows, empty });
    this.filter.row.hidden = rows.length <= PAGE_SIZE && !this.input.value;
    this.draw();
  }

  turn(step) {
    this.page += step;
    this.draw();
  }

  draw() {
    const found = matching(this.rows, this.input.value, this.textOf);
    const { page, last, rows } = pageOf(found, this.page);
    this.page = page;
    const nothing = this.rows.length ? `Nothing here has “${this.input.value}” in it.` : this.empty;
    arrange(this.items, rows.length ? rows.map(this.nodeOf) : [el('li.empty', {}, nothing)]);
    const where = last ? `page ${page + 1} of ${last + 1}` : '';
    this.count.textContent = found.length ? [countOf(found.length, this.one, this.many), where].filter(Boolean).join(', ') : '';
    this.where.textContent = where;
    this.pager.hidden = !last;
    this.steps[0].ariaDisabled = String(page === 0);
    this.steps[1].ariaDisabled = String(page === last);
  }
}

// One submission, watched as long as it is not over.

class Submission {
  constructor(row) {
    Object.assign(this, { id: row.id, row: {}, delay: FIRST_DELAY, shown: '' });
    this.title = el('h3', { tabIndex: -1, id: `submission-${row.id}` });
    this.state = el('p', { role: 'status' });
    this.outcome = el('div');
    this.trouble = trouble();
    this.text = document.createTextNode('');
    this.pre = el('pre', { tabIndex: 0, role: 'region', aria: { label: `Log of ${row.repository}` } }, this.text);
    this.log = el('details', {}, el('summary', {}, 'Log'), this.pre);
    this.log.ontoggle = () => { if (this.log.open && !this.hasLog) this.look(); };
    this.node = el('li', {}, this.title, this.state, this.outcome, this.trouble, this.log);
    this.update(row);
    this.log.open = !this.isOver;
  }

  get isOver() {
    return ['published', 'failed'].includes(this.row.status);
  }

  update(row) {
    const hasChanged = row.status !== this.row.status || (row.log ?? this.shown) !== this.shown;
    const isNews = row.status !== this.row.status;
    this.row = { ...this.row, ...row };
    if (isNews) this.tell();
    if (row.log !== undefined) this.write(row.log);
    if (!this.isOver) this.watch();
    return hasChanged;
  }

  tell() {
    const { repository, ref, commit, name, version, status, error, at } = this.row;
    this.title.replaceChildren(repository, ref ? el('span.version', {}, ` ${ref}`) : '');
    const what = status === 'published' && name ? `${STATUS_WORDS[status]}: ${name} ${version ?? ''}` : STATUS_WORDS[status] ?? status;
    this.state.className = `state ${status}`;
    this.state.replaceChildren(...dotted(error ? `${what}: ${error}` : what, at && timeOf(at), commit && `commit ${commit.slice(0, 12)}`));
    this.outcome.replaceChildren();
    if (status === 'failed' && login.github) this.outcome.append(button('Publish again', () => area.preview.open(repository), { label: `Publish again ${repository}` }));
    if (status !== 'published' || !name) return;
    this.outcome.append(el('p', {}, 'See ', projectLink(name), ', or install it:'),
      copyable(`pip install --index-url ${find('#app').dataset.base}/simple/ ${name}`));
  }

  /** Whoever has scrolled up reads on there; a selection in what was there stays. */
  write(log) {
    const { pre } = this;
    const isAtEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 30;
    const rest = restOf(this.shown, log);
    if (rest === undefined) this.text.data = log;
    else if (rest) this.text.appendData(rest);
    this.shown = log;
    this.hasLog = true;
    if (isAtEnd) pre.scrollTop = pre.scrollHeight;
  }

  watch() {
    if (this.timer || document.hidden || login.isEnded) return;
    this.timer = setTimeout(() => this.look(), this.delay);
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  async look() {
    this.rest();
    const wasOver = this.isOver;
    try {
      const told = await read(`/api/submissions/${quoted(this.id)}`);
      this.trouble.textContent = '';
      this.delay = delayAfter(this.delay, this.update(told));
      if (this.isOver && !wasOver) area.finished(this);
    } catch (error) {
      this.trouble.textContent = messageOf(error);
      this.delay = Math.min(this.delay * 2, DELAY_OF_TROUBLE);
      if (![401, 404].includes(error.status)) this.watch();
    }
  }
}

class Submissions {
  constructor() {
    this.section = find('#my-submissions');
    this.list = find('ul', this.section);
    this.known = new Map();
  }

  show(rows) {
    const shown = rows.map((row) => this.of(row));
    // Of this visit, whatever the list says.
    const others = [...this.known.values()].filter((each) => !shown.includes(each)).reverse();
    const nodes = [...others, ...shown].map((each) => each.node);
    this.section.hidden = !nodes.length;
    arrange(this.list, nodes);
  }

  /** A new one, above the others. */
  add(row) {
    const submission = this.of(row);
    this.section.hidden = false;
    this.list.prepend(submission.node);
    return submission;
  }

  of(row) {
    const known = this.known.get(row.id);
    known?.update(row);
    const submission = known ?? new Submission(row);
    this.known.set(row.id, submission);
    return submission;
  }

  rest() {
    for (const each of this.known.values()) each.rest();
  }

  /** Those that rested go on at once. */
  wake() {
    for (const each of this.known.values()) if (!each.isOver && !each.timer) each.look();
  }
}

// Publishing: what would be published is seen before.

class Preview {
  constructor() {
    this.ref = field('Tag, branch or commit (empty: the latest release)', 'preview-ref');
    this.status = el('p', { role: 'status' });
    this.told = el('div.side');
    this.ref.row.append(button('Show', () => this.look()));
    this.ref.input.onchange = () => this.look();
    this.ref.input.onkeydown = (event) => {
      // What is not looked at yet is looked at, not published.
      if (event.key !== 'Enter' || this.ref.input.value.trim() === this.seen) return;
      event.preventDefault();
      this.look();
    };
  }

  open(repository, ref = '') {
    Object.assign(this, { repository, seen: undefined });
    this.ref.input.value = ref;
    dialog.open({ title: `Publish ${repository}`, body: [this.ref.row, this.status, this.told] });
    return this.look();
  }

  async look() {
    const ref = this.ref.input.value.trim();
    if (ref === this.seen) return;
    this.seen = ref;
    const isWanted = () => this.seen === ref && dialog.node.open;
    dialog.offer();
    dialog.trouble.textContent = '';
    this.status.textContent = 'Asking GitHub …';
    this.told.replaceChildren();
    const path = this.repository.split('/').map(quoted).join('/');
    try {
      const told = await read(`/api/repositories/${path}${ref ? `?ref=${quoted(ref)}` : ''}`);
      if (isWanted()) this.show(told);
    } catch (error) {
      const message = messageOf(error);
      if (!isWanted()) return;
      this.status.textContent = '';
      this.seen = undefined;
      dialog.trouble.textContent = message;
    }
  }

  show(told) {
    const { repository, ref, commit, assets, versions } = told;
    this.status.textContent = `This is ${repository} at ${ref}.`;
    const rows = [
      ['Repository', repositoryLink(repository)],
      [told.is_tag ? 'Tag' : 'Branch or commit', ref],
      ['Commit', el('code', {}, commit)],
      ['Package', told.package ?? 'named when it is built'],
      ['Versions so far', versions.length ? versionsOf(versions) : 'None yet.'],
    ];
    const files = assets.map((each) => el('li', {}, each.filename, el('span.note', {}, ` ${sizeOf(each.size)}`)));
    this.told.replaceChildren(
      el('dl', {}, ...rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))),
      files.length ? el('p', {}, `These ${countOf(files.length, 'file')} of the release will be published:`)
        : el('p', {}, 'It will be built from its source.'),
      files.length ? el('ul', {}, ...files) : '');
    const isInWork = [...area.submissions.known.values()].some(({ isOver, row }) => !isOver && row.repository === repository && row.ref === ref);
    if (isInWork) dialog.trouble.textContent = `${ref} is being published already: wait for the end of it.`;
    else dialog.offer('Publish', () => this.publish(told));
  }

  async publish({ repository, ref }) {
    const answer = await ask('POST', '/api/packages', { repository, ref });
    const id = answer.headers.get('Location').split('/').pop();
    const submission = area.submissions.add({ id, repository, ref, status: 'queued' });
    said(`${repository} at ${ref} will be published. The log is below.`);
    return submission.title;
  }
}

// A package of the submitter.

function versionsOf(versions) {
  const newest = [...versions].reverse();
  const rest = newest.length - SHOWN_VERSIONS;
  return newest.slice(0, SHOWN_VERSIONS).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function figures({ total, last_day: day, last_30_days: month, locations, requesters }) {
  const all = { downloads: total, 'in 30 days': month, 'on the last day': day, locations, requesters };
  return el('dl.totals', {}, ...Object.entries(all).map(
    ([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, Number(value ?? 0).toLocaleString('en')))));
}

class Package {
  constructor(name) {
    this.name = name;
    this.known = new Map();
    this.releases = new Map();
    this.facts = el('div');
    this.trouble = trouble();
    this.actions = el('p.actions', {});
    this.summary = el('summary', {}, 'Files');
    this.files = el('ul');
    this.details = el('details', {}, this.summary, this.files);
    this.details.ontoggle = () => { if (this.details.open) this.readFiles(); };
    this.node = el('li', {}, el('h3', {}, projectLink(name)), this.facts, this.actions, this.trouble, this.details);
  }

  update(entry) {
    const { repository, versions, downloads, submission } = entry;
    if (JSON.stringify(entry) === JSON.stringify(this.entry)) return this;
    const isNew = this.entry?.versions.join() !== versions.join();
    this.entry = entry;
    this.facts.replaceChildren(
      meta(
        versions.length ? `${countOf(versions.length, 'version')}: ${versionsOf(versions)}` : 'No version has files',
        repository ? repositoryLink(repository) : 'uploaded, not from a repository'),
      figures(downloads ?? {}),
      submission ? this.last(submission) : '');
    if (!this.actions.hasChildNodes()) this.act();
    if (isNew && this.details.open) this.readFiles();
    return this;
  }

  last({ id, status, ref, at, error }) {
    const what = `${STATUS_WORDS[status] ?? status} from ${ref}${error ? `: ${error}` : ''}`;
    const isThere = area.submissions.known.has(id);
    return el('p', { className: `state ${status}` }, 'Last submission: ',
      ...dotted(isThere ? el('a', { href: `#submission-${id}` }, what) : what, at && timeOf(at)));
  }

  act() {
    const { name } = this;
    const update = () => area.preview.open(this.entry.repository);
    const href = `/api/packages/${quoted(name)}/downloads.csv`;
    const csv = el('a', { href, download: '', className: 'button', aria: { label: `CSV of the downloads of ${name}` } }, 'CSV');
    this.actions.append(
      this.entry.repository && login.github ? button('Update', update, { label: `Update ${name}` }) : '', ' ', csv, ' ',
      button('Delete', () => this.askToDelete(), { label: `Delete ${name}`, kind: 'bad' }));
  }

  askToDelete() {
    const { name } = this;
    askByName(name, name, `All of it (${countOf(this.entry.versions.length, 'version')})`, async () => {
      await ask('DELETE', `/api/packages/${quoted(name)}`);
      area.forget(name);
      said(`${name} is deleted.`);
      return find('#packages-title');
    });
  }

  async readFiles() {
    await trying(this.trouble, this.files, async () => {
      let files = [];
      try {
        ({ files } = await read(`/simple/${quoted(this.name)}/`, SIMPLE));
      } catch (error) {
        if (error.status !== 404) throw error;
      }
      const shown = new Map();
      for (const file of files) {
        const version = decodeURIComponent(file.url.split('/').at(-2));
        if (!this.releases.has(version)) this.releases.set(version, new Release(this.name, version));
        const release = this.releases.get(version);
        // What was done here is known, whatever an older copy of the list says; and what is there keeps its focus.
        if (!this.known.has(file.filename)) this.known.set(file.filename, new File(this, release, file));
        const known = this.known.get(file.filename);
        if (known) shown.set(release, [...shown.get(release) ?? [], known]);
      }
      for (const [release, its] of shown) release.has(its);
      arrange(this.files, [...shown.keys()].reverse().map(({ node }) => node));
      this.countFiles();
    });
  }

  countFiles() {
    const count = this.files.querySelectorAll('b').length;
    this.summary.textContent = `Files (${count})`;
    if (!count) this.files.replaceChildren(el('li.empty', {}, 'None: publish a version, or delete the package.'));
  }
}

/** Files that are yanked together: those of a release, or one. */
class Yankable {
  constructor(name) {
    this.name = name;
    this.state = el('span');
    this.trouble = trouble();
    this.toggle = button('', () => (this.yanked === false ? this.askToYank() : this.unyank()));
  }

  /** `yanked` is false, true, or the reason. */
  show(yanked) {
    this.yanked = yanked;
    this.state.className = yanked === false ? '' : 'yanked';
    this.state.textContent = yanked === false ? '' : `yanked${yanked === true ? '' : `: ${yanked}`}`;
    this.toggle.textContent = yanked === false ? 'Yank' : 'Unyank';
    this.toggle.ariaLabel = `${this.toggle.textContent} ${this.name}`;
  }

  /** One after the other, but those that are so already: what failed can be done again. */
  async mark(yanked) {
    const body = { yanked: yanked !== false };
    if (yanked && yanked !== true) body.reason = yanked;
    const wanted = this.files.filter((file) => (file.yanked !== false) !== body.yanked);
    const left = [];
    for (const file of wanted) {
      try {
        await ask('PATCH', file.path, body);
        file.show(yanked);
      } catch (error) {
        left.push(this === file ? messageOf(error) : `${file.name}: ${messageOf(error)}`);
        // Of one that is gone, the next knows nothing.
        if (error.status !== 404) break;
      }
    }
    if (left.length) throw new Refusal(0, left.join(' '));
    said(`${this.name} is ${body.yanked ? 'yanked' : 'not yanked any more'}.`);
  }

  askToYank() {
    const reason = field('Reason (may be empty)', 'yank-reason');
    dialog.open({
      title: `Yank ${this.name}${this.list ? ` (${countOf(this.files.length, 'file')})` : ''}?`,
      body: [el('p', {}, 'Installers will choose it only where exactly this version is asked for. It can be undone.'), reason.row],
      confirm: 'Yank',
      act: () => this.mark(reason.input.value.trim() || true),
    });
  }

  unyank() {
    return trying(this.trouble, this.toggle, () => this.mark(false));
  }
}

class Release extends Yankable {
  constructor(owner, version) {
    super(`${owner} ${version}`);
    this.list = el('ul');
    this.node = el('li', {}, el('h4', {}, version, ' ', this.state), el('p.actions', {}, this.toggle), this.trouble, this.list);
  }

  has(files) {
    this.files = files;
    arrange(this.list, files.map(({ node }) => node));
    this.tell();
  }

  tell() {
    const isWhole = this.files.every(({ yanked }) => yanked !== false);
    this.show(isWhole && this.files[0].yanked);
  }
}

/** A file with what its owner may do to it. */
class File extends Yankable {
  constructor(owner, release, { filename, size, yanked, 'upload-time': at }) {
    super(filename);
    Object.assign(this, { owner, release, files: [this] });
    this.path = `/api/packages/${quoted(owner.name)}/files/${quoted(filename)}`;
    this.node = el('li', {}, el('b', {}, filename),
      el('p.meta', {}, ...dotted(sizeOf(size), at && timeOf(at)), ' ', this.state),
      el('p.actions', {}, this.toggle, ' ', button('Delete', () => this.askToDelete(), { label: `Delete ${filename}`, kind: 'bad' })),
      this.trouble);
    super.show(yanked ?? false);
  }

  show(yanked) {
    super.show(yanked);
    this.release.tell();
  }

  askToDelete() {
    askByName(this.name, this.owner.name, 'It', async () => {
      await ask('DELETE', this.path);
      this.owner.known.set(this.name, null);
      const left = this.release.files.filter((file) => file !== this);
      const { node } = left.length ? this : this.release;
      const near = node.nextElementSibling ?? node.previousElementSibling;
      node.remove();
      if (left.length) this.release.has(left);
      this.owner.countFiles();
      said(`${this.name} is deleted.`);
      area.loadPackages();
      return near ? find('button', near) : this.owner.summary;
    });
  }
}

// Tokens and trusted publishers: lists to which something is added and from which it is removed.

class Grants {
  /** `path` is where they are; `bodyOf` reads the form; `nodesOf` shows a row; `nameOf` says what it is called. */
  constructor(section, options) {
    Object.assign(this, options);
    this.section = find(section);
    this.heading = find('h2', this.section);
    this.list = find('ul', this.section);
    this.trouble = find('.trouble', this.section);
    this.form = find('form', this.section);
    this.form.onsubmit = (event) => {
      event.preventDefault();
      trying(this.trouble, find('button', this.form), () => this.add());
    };
  }

  async load() {
    this.trouble.textContent = '';
    await read(this.path).then((rows) => this.draw(rows), (error) => again(this.trouble, error, () => this.load()));
  }

  draw(rows) {
    const nodes = rows.map((row) => el('li.row', {}, el('div', {}, ...this.nodesOf(row)),
      button(this.verb, () => this.askToRemove(row), { label: `${this.verb} ${this.nameOf(row)}`, kind: 'bad' })));
    this.list.replaceChildren(...(nodes.length ? nodes : [el('li.empty', {}, this.empty)]));
  }

  async add() {
    const answer = await ask('POST', this.path, this.bodyOf());
    const made = await answer.json().catch(() => ({}));
    this.form.reset();
    await this.load();
    this.added(made);
  }

  askToRemove(row) {
    dialog.open({
      title: `${this.verb} ${this.nameOf(row)}?`,
      body: [...this.nodesOf(row), el('p', {}, this.warning)],
      confirm: this.verb,
      kind: 'bad',
      act: async () => {
        await ask('DELETE', `${this.path}/${quoted(row.id)}`);
        said(`${this.verb}d ${this.nameOf(row)}.`);
        await this.load();
        return this.heading;
      },
    });
  }
}

function showToken({ token, name, packages }) {
  const others = (packages ?? []).filter((each) => !area.entries.some((entry) => entry.name === each));
  const made = find('#made');
  const done = () => {
    made.replaceChildren();
    made.hidden = true;
    find('#tokens-title').focus();
  };
  made.replaceChildren(el('p', {}, el('strong', {}, `The token “${name}”. `), 'Copy it now and keep it secret: it is never shown again.',
    others.length ? ` You have no ${others.join(', ')} yet.` : ''),
    copyable(token), button('I have it', done));
  made.hidden = false;
  made.focus();
}

const value = (id) => find(`#${id}`).value.trim();

function tokens() {
  return new Grants('#my-tokens', {
    path: '/api/tokens',
    verb: 'Revoke',
    empty: 'None yet. Make one to upload files from a command line.',
    warning: 'Whatever uses it cannot upload any more.',
    nameOf: ({ name }) => `the token “${name}”`,
    nodesOf: ({ name, packages, created }) => [el('b', {}, name),
      meta(packages ? packages.join(', ') : 'all packages', created && timeOf(created))],
    bodyOf: () => {
      const packages = namesOf(value('token-packages'));
      return packages.length ? { name: value('token-name'), packages } : { name: value('token-name') };
    },
    added: showToken,
  });
}

function publishers() {
  return new Grants('#my-publishers', {
    path: '/api/publishers',
    verb: 'Remove',
    empty: 'None yet. Add the workflow that publishes your releases.',
    warning: 'Its workflow cannot upload any more.',
    nameOf: (row) => `${row.repository} for ${row.package}`,
    nodesOf: (row) => [el('b', {}, row.package),
      meta(row.kind === 'gitlab' ? 'GitLab' : 'GitHub', row.repository, row.workflow, row.environment ?? 'any environment')],
    bodyOf: () => {
      const body = { environment: value('publisher-environment') || null };
      for (const each of ['kind', 'package', 'repository', 'workflow']) body[each] = value(`publisher-${each}`);
      body.workflow = body.workflow.replace('.github/workflows/', '');
      if (body.kind === 'github') body.repository = repositoryOf(body.repository) ?? body.repository;
      return body;
    },
    added: (row) => said(`${row.repository ?? 'It'} is trusted now.`),
  });
}

// The whole.

class Area {
  constructor() {
    this.submissions = new Submissions();
    this.preview = new Preview();
    this.grants = [tokens(), publishers()];
    this.entries = [];
    this.cards = new Map();
    this.shown = new Map();
    this.packages = new List(find('#my-packages'), {
      nodeOf: (entry) => this.cardOf(entry).node, textOf: (entry) => `${entry.name} ${entry.repository ?? ''}`, one: 'package', many: 'packages',
    });
    const section = find('#my-repositories');
    this.repositories = new List(section, {
      nodeOf: (row) => this.repositoryNode(row),
      textOf: (row) => `${row.repository} ${row.description ?? ''} ${row.language ?? ''}`,
      one: 'repository', many: 'repositories',
    });
    find('form', section).onsubmit = (event) => this.chosen(event);
    this.trouble = find('.trouble', section);
    document.addEventListener('visibilitychange', () => this.seen());
    addEventListener('focus', () => this.seen());
    // Going back shows a page as it was left: whoever has logged out since wants nothing of it seen.
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted && login.account && !csrf()) login.clear();
      else if (persisted) this.seen();
    });
  }

  /** Whoever is logged in, and all that is theirs. */
  async load() {
    const guest = find('#guest');
    guest.hidden = true;
    said(LOADING);
    try {
      login.show(await read('/api/session'));
    } catch (error) {
      guest.hidden = !find('#app').hidden;
      if (error.status === 401) said('');
      else again(find('#said'), error, () => this.load());
      return;
    }
    this.submissions.wake();
    await Promise.all([this.loadPackages(), ...this.grants.map((each) => each.load())]);
    if (find('#said').textContent === LOADING) said('');
  }

  async loadPackages() {
    const place = find('#my-packages > .trouble');
    place.textContent = '';
    try {
      this.show(await read('/api/packages'));
    } catch (error) {
      // When GitHub fails, what the index itself knows comes with the refusal.
      if (error.told?.submitted) this.show(error.told, messageOf(error));
      else again(place, error, () => this.loadPackages());
    }
  }

  show({ submitted, eligible = [], eligible_as_of: asOf, submissions = [] }, problem = '') {
    this.entries = submitted;
    this.submissions.show(submissions);
    this.packages.show(submitted, `None yet. ${login.github ? 'Publish a repository below, or upload' : 'Upload'} files with a token.`);
    find('#my-repositories form').hidden = !login.github;
    this.repositories.show(eligible, problem ? 'The list is not known now. A repository can still be given by its name.' : this.noneEligible());
    this.trouble.textContent = problem;
    find('#as-of').replaceChildren(...(asOf ? ['GitHub does not answer; the list is as of ', timeOf(asOf), '.'] : []));
  }

  noneEligible() {
    return login.github
      ? 'None to choose from.'
      : 'Without a login at GitHub there are no repositories of yours. Upload files with a token instead.';
  }

  cardOf(entry) {
    if (!this.cards.has(entry.name)) this.cards.set(entry.name, new Package(entry.name));
    return this.cards.get(entry.name).update(entry);
  }

  /** The same node for the same row, so that it keeps its focus when the list is read again. */
  repositoryNode(row) {
    const key = JSON.stringify(row);
    if (!this.shown.has(key)) this.shown.set(key, this.newRepositoryNode(row));
    return this.shown.get(key);
  }

  newRepositoryNode({ repository, description, language, pushed_at: pushed }) {
    const publish = button('Publish', () => this.preview.open(repository), { label: `Publish ${repository}` });
    return el('li.row', {},
      el('div', {}, el('b', {}, repositoryLink(repository)), description ? el('p', {}, description) : '',
        meta(language, pushed && el('span', {}, 'pushed ', timeOf(pushed)))),
      publish);
  }

  chosen(event) {
    event.preventDefault();
    const repository = repositoryOf(value('repository'));
    this.trouble.textContent = repository ? '' : 'Give the repository as owner/name.';
    if (repository) this.preview.open(repository, value('ref'));
    else find('#repository').focus();
  }

  finished({ row: { repository, status, name } }) {
    said(status === 'published' ? `${name} is published.` : `Publishing ${repository} failed.`);
    this.loadPackages();
  }

  forget(name) {
    this.cards.delete(name);
    this.packages.show(this.entries = this.entries.filter((each) => each.name !== name), this.packages.empty);
    this.loadPackages();
  }

  /** The tab is looked at, or not any more; meanwhile somebody may have logged in or out. */
  seen() {
    if (document.hidden) this.submissions.rest();
    else if (csrf() === login.token) login.isEnded || this.submissions.wake();
    else if (csrf()) this.load();
    else login.end(LOGGED_OUT);
  }

  /** Nothing of whoever was here stays on the page. */
  empty() {
    this.submissions.rest();
    this.submissions.known.clear();
    dialog.node.close();
    for (const each of document.querySelectorAll('#app form')) each.reset();
    this.cards.clear();
    this.shown.clear();
    this.show({ submitted: [] });
    for (const each of this.grants) each.draw([]);
    find('#made').replaceChildren();
    find('#made').hidden = true;
  }
}

let login;
let dialog;
let area;

function start() {
  if (!find('#app')) return;
  login = new Login();
  dialog = new Dialog(find('#dialog'));
  area = new Area();
  // Whoever has no such cookie is not logged in: no need to ask.
  if (csrf()) area.load();
}

if (typeof document !== 'undefined') start();
