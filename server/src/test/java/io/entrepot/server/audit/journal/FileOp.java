package io.entrepot.server.audit.journal;

import java.nio.file.Path;

/** One file operation that changes a disk; a file is a number, so that it is the same under another name. */
sealed interface FileOp {

    record Create(int file, Path path) implements FileOp {}

    record Write(int file, long position, byte[] bytes) implements FileOp {}

    record Force(int file) implements FileOp {}

    record Move(Path from, Path to) implements FileOp {}

    record Delete(Path path) implements FileOp {}

    record Mkdir(Path path) implements FileOp {}

    record ForceDirectory(Path path) implements FileOp {}
}
