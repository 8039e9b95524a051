"""What the tests share: private database servers, filled stores, waiting, and processes.

Nothing here starts a JVM when it is imported, so that every ring of tests can lean on it.
"""
