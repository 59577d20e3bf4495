package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may look into the directories of a log and of its key. */
class OwnerOnlyTest {

    @TempDir
    private Path dir;

    private Path with(String name, String mode) throws IOException {
        Path made = Files.createDirectory(dir.resolve(name));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
        return made;
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aLogIsMadeForItsOwnerAloneAndItsParentAsUsual() throws IOException {
        Path log = dir.resolve("data/audit");
        OwnerOnly.log(log);

        assertThat(mode(log)).isEqualTo("rwx------");
        assertThat(mode(log.getParent())).isNotEqualTo("rwx------");
    }

    @Test
    void aLogThatIsOpenToOthersIsShut() throws IOException {
        Path log = with("audit", "rwxr-xr-x");
        OwnerOnly.log(log);

        assertThat(mode(log)).isEqualTo("rwx------");
    }

    @Test
    void aDirectoryOfKeysAloneIsShutAndOneThatOthersUseStaysAsItIs() throws IOException {
        Path keys = with("keys", "rwxr-xr-x");
        Files.writeString(keys.resolve("audit.key"), "");
        Files.writeString(keys.resolve("audit.key.last"), "");
        Path etc = with("etc", "rwxr-xr-x");
        Files.writeString(etc.resolve("audit.key"), "");
        Files.writeString(etc.resolve("passwd"), "");

        OwnerOnly.key(keys, keys.resolve("audit.key"));
        OwnerOnly.key(etc, etc.resolve("audit.key"));

        assertThat(mode(keys)).isEqualTo("rwx------");
        assertThat(mode(etc)).isEqualTo("rwxr-xr-x");
    }
}
