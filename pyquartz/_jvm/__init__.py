"""The door to the JVM: the only code that imports jpype. Nothing outside pyquartz uses it.

Python values go in and come out; no Java object, type or exception passes.
"""
