/* A library that does nothing: what loading any library costs. */
int rampart_nothing;
