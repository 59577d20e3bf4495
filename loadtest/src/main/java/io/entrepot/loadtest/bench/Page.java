package io.entrepot.loadtest.bench;

import io.entrepot.loadtest.Headers;
import java.nio.file.Path;

/** One page of a web server: where it is, under which headers, and the file that has its bytes. */
public record Page(String path, Headers headers, Path file) {}
