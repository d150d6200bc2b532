"""What nobody should send to the functions, as strategies: one for each surface."""

from tests.hostile.api_bodies import bodies, webhooks
from tests.hostile.api_credentials import cookies, identities, tokens
from tests.hostile.api_places import forms, paths, queries

SURFACES = {each.__name__: each for each in (bodies, tokens, cookies, paths, queries, webhooks, identities, forms)}
