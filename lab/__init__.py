"""The lab of DietStack: what a test, a script or a person needs to prove a cloud and take it apart again."""
