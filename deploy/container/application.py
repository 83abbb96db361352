"""The WSGI application of the module that APPLICATION_MODULE names.

It is loaded without Python's garbage collector, which would search all of it again and again, for up to a
fifth of the time, and find nothing: what is there now stays, and is not searched later either.
"""

import gc
import importlib
import os

gc.disable()
application = importlib.import_module(os.environ["APPLICATION_MODULE"]).application
gc.freeze()
gc.enable()
