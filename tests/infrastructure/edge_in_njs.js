// Follows the source of an edge function: the events of one file, and what the function returned into another.

var fs = require('fs');

var results = JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).map(function (event) {
  var query = event.rawQueryString;
  if (query !== undefined) {
    event.request.rawQueryString = function () { return query; };
  }
  return handler(event);
});
fs.writeFileSync(process.argv[3], JSON.stringify(results));
