// What a URL means: the twin of domain/routing.py, negotiation.py and representations.py; both obey
// tests/cases/routing.json. In ES5.1 for njs. What is deployed is without comments and indentation, because CloudFront
// takes 10,000 bytes (infrastructure/edge_code.py): no comment follows code in its line, no text spans lines.

var DYNAMIC = ['.well-known', '_', 'api', 'healthz', 'legacy', 'login', 'logout'];
var SHARED_AREAS = ['packages', 'pypi', 'simple', 'stats'];
// And what else programs and pages read, and nobody opens.
var PROGRAM_AREAS = SHARED_AREAS.concat(['badge', 'search', 'static']);
// A key that no object has: whatever serves missing pages answers.
var NOTHING = '/404';
var METHODS = 'GET, HEAD, OPTIONS';
var LONGEST_PATH = 2048;
var LONGEST_ACCEPT = 1000;

// One request to a function carries no more: a file, and the form around it.
var LARGEST_FILE = 4194304;
var LARGEST_FORM = 65536;

// What leads to a page or file, and its address: the star is the name, the sharp what follows it. Addresses of pages end
// in a slash; those for installers have several objects.
var PAGES = [
  [/^$/, ''],
  [/^(browse|my|search|statistics)\/?$/, '#/'],
  [/^simple\/?$/, 'simple/'],
  [/^simple\/([^\/]+)\/?$/, 'simple/*/'],
  [/^project\/([^\/]+)\/?$/, 'project/*/'],
  [/^project\/([^\/]+)\/([vV]?[0-9][^\/]*)\/?$/, 'project/*/#/'],
  [/^project\/([^\/]+)\/(index\.md|feed\.xml)$/, 'project/*/#'],
  [/^badge\/([^\/]+)\/((?:version|downloads|python|dependents)\.svg)$/, 'badge/*/#'],
  [/^browse\/([a-z0-9][a-z0-9-]{0,199}\.?)\/?$/, 'browse/#/'],
  [/^owner\/([0-9]{1,20}|local\.[a-z0-9](?:[a-z0-9._-]{0,37}[a-z0-9])?)\/?$/, 'owner/#/'],
  [/^pypi\/([^\/]+)\/json\/?$/, 'pypi/*/json'],
  [/^stats\/([^\/]+)\.json$/, 'stats/*.json']
];
// Files have one address.
var FILES = [
  /^(?:favicon\.(?:ico|svg)|feed\.xml|robots\.txt|sitemap\.xml|sitemap\/[0-9]{1,6}\.xml|static(?:\/[^\/]+){1,8})$/,
  /^search\/v1\/(?:map\/)?[a-z0-9]{1,200}\.json$/,
  /^packages\/(?=[^\/]{1,200}\/)[a-z0-9]+(?:-[a-z0-9]+)*(?:\/[^\/]+){2}$/
];

// By preference: filename, and what asks for it: anything, family, names.
var TYPE = 'application/vnd.pypi.simple.';
var OFFERS = [
  ['index.v1_json', ['*/*'], ['application/*'], [TYPE + 'v1+json', TYPE + 'latest+json']],
  ['index.v1_html', ['*/*'], ['application/*'], [TYPE + 'v1+html', TYPE + 'latest+html']],
  ['index.html', ['*/*'], ['text/*'], ['text/html']]
];
var ANYTHING = 1;
var NAMED = 3;

// In njs $ also matches before a last line feed.
var SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._+!~-]{0,254}$(?!\n)/;
var QUERY = /^[\x21-\x7e]{0,2048}$(?!\n)/;
var NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?$/;
var FORMAT = /(?:^|&)format(?:=([^&]*))?(?:&|$)/;
var HOST = /^[A-Za-z0-9.-]+(?::[0-9]+)?$(?!\n)/;
var RANGE = /^[ \t]*([a-z0-9!#$&^_.+-]+\/(?:[a-z0-9!#$&^_.+-]+|\*)|\*\/\*)[ \t]*(?:;|$)/;
var Q = /;[ \t]*q[\t-\r ]*(?:=([^;]*))?(?:;|$)/;
var QUALITY = /^[\t-\r ]*(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*$/;

function handler(event) {
  var request = event.request;
  var headers = request.headers;
  var method = request.method;
  var area = request.uri.slice(1).split('/')[0];
  if (request.uri[0] === '/' && has(DYNAMIC, area)) {
    var isTooLarge = method === 'POST' && joined(headers['content-length']) > LARGEST_FILE + LARGEST_FORM;
    return area === 'legacy' && isTooLarge ? tooLarge(joined(headers.host)) : request;
  }
  var path = safePath(request.uri);
  var found = path === null ? null : find(path, queryOf(request), joined(headers.accept));
  var isRead = method === 'GET' || method === 'HEAD';
  var response;
  if (found === null && isRead && !has(PROGRAM_AREAS, area)) {
    request.uri = NOTHING;
    return request;
  }
  if (found === null) {
    response = answer(404, 'Not Found', area, {}, '404 Not Found\n');
  } else if (method === 'OPTIONS') {
    response = preflight(path.split('/')[0]);
  } else if (!isRead) {
    response = answer(405, 'Method Not Allowed', area, { allow: METHODS },
      '405 Method Not Allowed: this address can only be read. Uploads go to /legacy/.\n');
  } else if (!found) {
    var types = OFFERS.map(function (offer) { return offer[NAMED][0]; }).join(', ');
    response = answer(406, 'Not Acceptable', 'simple', {}, '406 Not Acceptable: this page exists as ' + types + '.\n');
  } else if (found[0] === '/') {
    var where = { location: found, 'cache-control': 'public, max-age=60' };
    response = answer(301, 'Moved Permanently', path.split('/')[0], where);
  } else {
    // S3 reads a raw plus as a space, and signatures write both of these encoded.
    request.uri = '/' + found.replace(/\+/g, '%2B').replace(/!/g, '%21');
    return request;
  }
  if (method === 'HEAD') {
    delete response.body;
  }
  return response;
}

// Decoded once, without its first slash; null if unsafe. No address has ten segments.
function safePath(uri) {
  var segments = uri.slice(1).split('/', 10).map(unquote);
  var isSafe = uri[0] === '/' && uri.length <= LONGEST_PATH && segments.every(function (segment, i) {
    return SEGMENT.test(segment) || !segment && i === segments.length - 1;
  });
  return isSafe ? segments.join('/') : null;
}

// What a GET means: a key, /where else, '' if the page has none of the asked forms, null if there is nothing.
function find(path, query, accept) {
  if (!QUERY.test(query)) {
    return null;
  }
  if (FILES.some(function (file) { return file.test(path); })) {
    return path;
  }
  for (var i = 0; i < PAGES.length; i++) {
    var match = PAGES[i][0].exec(path);
    if (match) {
      var address = PAGES[i][1];
      var name = has(address, '*') && match[1];
      if (name && !NAME.test(name)) {
        return null;
      }
      if (name) {
        address = address.replace('*', name.replace(/[-_.]+/g, '-').toLowerCase());
      }
      address = address.replace('#', match[match.length - 1]);
      if (address !== path) {
        return '/' + address + (query && '?' + query);
      }
      if (path.slice(0, 7) === 'simple/') {
        var filename = chosen(accept, FORMAT.exec(query));
        return filename === null ? '' : path + filename;
      }
      return path && path.slice(-1) !== '/' ? path : path + 'index.html';
    }
  }
  return null;
}

// The filename of the representation to serve, null where nothing fits. A plus in a format is a plus.
function chosen(accept, format) {
  var ranges = format ? [{ name: unquote(format[1] || '').toLowerCase(), quality: 1 }] : rangesOf(accept);
  var wishes = OFFERS.map(function (offer) { return wishFor(offer, ranges, format ? NAMED : ANYTHING); });
  var best = highest(wishes);
  var wanted = wishes.filter(function (wish) { return wish.quality === best; });
  var last = wanted[wanted.length - 1].file;
  // Browsers, curl and pip before 22.2 send a bare wildcard: they cannot read JSON.
  var isBare = wanted.every(function (wish) { return wish.exactness === ANYTHING; });
  return !best ? null : isBare && last === 'index.html' ? last : wanted[0].file;
}

// The quality of the most specific ranges that match the offer.
function wishFor(offer, ranges, least) {
  for (var exactness = NAMED; exactness >= least; exactness--) {
    var matching = ranges.filter(function (range) { return has(offer[exactness], range.name); });
    if (matching.length) {
      return { file: offer[0], quality: highest(matching), exactness: exactness };
    }
  }
  return { quality: 0 };
}

function highest(list) {
  return Math.max.apply(null, list.map(function (item) { return item.quality; }));
}

// Malformed ranges are passed over; without any, all is welcome.
function rangesOf(accept) {
  var ranges = [];
  var parts = accept.slice(0, LONGEST_ACCEPT).toLowerCase().split(',');
  if (accept.length > LONGEST_ACCEPT) {
    parts.pop();
  }
  parts.forEach(function (part) {
    var range = RANGE.exec(part);
    var q = has(part, ';') && Q.exec(part);
    if (range && (!q || QUALITY.test(q[1]))) {
      ranges.push({ name: range[1], quality: q ? Number(q[1]) : 1 });
    }
  });
  return ranges.length ? ranges : [{ name: '*/*', quality: 1 }];
}

// As sent; else from its parts, where emulators read a plus as a space.
function queryOf(request) {
  var fields = request.querystring;
  return request.rawQueryString && request.rawQueryString() || Object.keys(fields).map(function (name) {
    return values(fields[name]).map(function (value) { return value ? name + '=' + value : name; }).join('&');
  }).join('&').replace(/ /g, '+');
}

function joined(field) {
  return field ? values(field).join(',') : '';
}

function values(field) {
  return (field.multiValue || [field]).map(function (item) { return item.value; });
}

function has(list, item) {
  return list.indexOf(item) !== -1;
}

function unquote(text) {
  return text.replace(/%([0-9A-Fa-f]{2})/g, function (_, code) { return String.fromCharCode(parseInt(code, 16)); });
}

// twine shows nothing but the reason phrase.
function tooLarge(host) {
  var url = ' --url https://' + (HOST.test(host) ? host : 'HOST');
  var text = 'File too large: this address takes files up to ' + LARGEST_FILE / 1048576 + ' MiB. ' +
    'Run: sls-pypi upload' + url + ' FILE... (twine and others at any size: sls-pypi proxy' + url + ')';
  return answer(413, text, 'legacy', { 'cache-control': 'no-store' }, text + '\n');
}

function preflight(area) {
  var shared = has(SHARED_AREAS, area);
  return answer(204, 'No Content', area, {
    'allow': METHODS,
    'access-control-allow-methods': shared && 'GET, HEAD',
    'access-control-allow-headers': shared && 'Cache-Control, Content-Type, If-Match, If-Modified-Since, ' +
      'If-None-Match, If-Range, If-Unmodified-Since, Range',
    'access-control-max-age': shared && '86400',
    'cache-control': '',
    'content-type': '',
    'vary': ''
  });
}

// With what every answer about an area says; empty fields are left out.
function answer(status, reason, area, fields, text) {
  var said = Object.assign({
    'cache-control': 'public, max-age=0, must-revalidate',
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'vary': area === 'simple' && 'Accept',
    'access-control-allow-origin': has(SHARED_AREAS, area) && '*'
  }, fields);
  var response = { statusCode: status, statusDescription: reason, headers: {} };
  Object.keys(said).forEach(function (name) {
    if (said[name]) {
      response.headers[name] = { value: said[name] };
    }
  });
  if (text) {
    response.body = { encoding: 'text', data: text };
  }
  return response;
}
