// For the behaviour of simple/* alone: what is served there was chosen by Accept, and caches behind us have to know.
// CloudFront compresses by media types, and does not know those of installers: S3 says others (adapters/aws/objects.py).

var AT_REST = ['application/json', 'text/html'];
var TYPES = ['application/vnd.pypi.simple.v1+json', 'application/vnd.pypi.simple.v1+html'];

function handler(event) {
    var response = event.response;
    var type = response.headers['content-type'];
    var place = type ? AT_REST.indexOf(type.value) : -1;
    if (place !== -1) {
        response.headers['content-type'] = { value: TYPES[place] };
    }
    var vary = response.headers.vary;
    var names = vary ? (vary.multiValue || [vary]).map(function (item) { return item.value; }).join(', ') : '';
    if (!/(^|,)\s*(accept|\*)\s*(,|$)/i.test(names)) {
        response.headers.vary = { value: names ? names + ', Accept' : 'Accept' };
    }
    return response;
}
