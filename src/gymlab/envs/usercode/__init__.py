"""Code of users in a worker: loading it, calling it within time limits, naming its lines.

`loading.load_source` makes a module of a source, `guard.guarded` wraps every function of it that
is called. Whatever goes wrong in there leaves as a `UserCodeError` that names the user's line.
"""
