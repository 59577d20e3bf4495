package io.entrepot.loadtest.bench;

import io.entrepot.loadtest.Content;
import io.entrepot.loadtest.Headers;

/** What nginx is to serve as a file: a path, the headers under which the mirror serves it, the bytes. */
public record Page(String path, Headers headers, Content content) {}
