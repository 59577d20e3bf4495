package io.entrepot.server.tls;

import io.netty.handler.ssl.SslContext;

/** What new connections are encrypted with, and who signs the certificates that their clients may have. */
public record Encryption(SslContext context, Authorities clients) {}
