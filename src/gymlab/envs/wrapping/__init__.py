"""The wrappers of a run's specification, around its environment in training and everywhere else.

`gymlab.domain.wrappers` lists them with their settings; here they are made.
"""
