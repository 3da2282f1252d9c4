package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Asynchronous;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.core.Settable;
import com.amazonaws.services.simpleworkflow.flow.core.TryCatch;
import java.util.concurrent.CancellationException;

public class PackingWorkflowImpl implements PackingWorkflow {
    private final OrderActivitiesClient activities = new OrderActivitiesClient();

    @Override
    public Promise<Integer> pack(int parcels) {
        Settable<Integer> packed = new Settable<>();
        new TryCatch() {
            @Override
            protected void doTry() {
                packed.chain(activities.pack(parcels));
            }

            @Override
            protected void doCatch(Throwable failure) throws Throwable {
                Promise<Void> unpacked = Promise.Void();
                if (failure instanceof CancellationException) {
                    unpacked = activities.unpack(parcels);
                }
                // A failure thrown at once would cancel the cleaning up.
                fail(failure, unpacked);
            }
        };
        return packed;
    }

    @Asynchronous
    private void fail(Throwable failure, Promise<Void> after) throws Throwable {
        throw failure;
    }
}
