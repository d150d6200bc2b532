// For the behaviour of simple/* alone: what is served there was chosen by Accept, and caches behind us have to know.

function handler(event) {
    var response = event.response;
    var vary = response.headers.vary;
    var names = vary ? (vary.multiValue || [vary]).map(function (item) { return item.value; }).join(', ') : '';
    if (!/(^|,)\s*(accept|\*)\s*(,|$)/i.test(names)) {
        response.headers.vary = { value: names ? names + ', Accept' : 'Accept' };
    }
    return response;
}
