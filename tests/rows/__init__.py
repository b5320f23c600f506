"""Every row of every shipped table taken away, and every number and day in it moved by one unit: does a case of a process notice?"""
